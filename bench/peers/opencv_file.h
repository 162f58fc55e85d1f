// OpenCV 4.6 reads less of ONNX than SaveOnnx writes.
#ifndef VIGIL_BENCH_PEERS_OPENCV_FILE_H_
#define VIGIL_BENCH_PEERS_OPENCV_FILE_H_

#include <filesystem>
#include <vector>

namespace vigil::bench {

// The model in `file` with the same nodes and weights, said in a way that OpenCV 4.6 reads: the
// batch as a number, and the bounds of Clip as attributes (as before opset 11).
// Throws Error (Input, kIo | kMalformed).
std::vector<unsigned char> ReadForOpencv(const std::filesystem::path& file, std::int64_t batch);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_PEERS_OPENCV_FILE_H_
