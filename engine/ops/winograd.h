// G of Winograd's convolutions of 3 x 3 by tiles of 2 x 2 and 4 x 4 outputs (Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks", 2015): the weights of a tile are G w G^T. Rows are
// values of the tile, columns those of the kernel.
#ifndef VIGIL_ENGINE_OPS_WINOGRAD_H_
#define VIGIL_ENGINE_OPS_WINOGRAD_H_

namespace vigil {

inline constexpr double kWinogradG2[4][3] = {
    {1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
inline constexpr double kWinogradG4[6][3] = {{1.0 / 4, 0, 0},
                                             {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                             {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                             {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                             {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                             {0, 0, 1}};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_WINOGRAD_H_
