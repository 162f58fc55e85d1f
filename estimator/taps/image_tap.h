// Keeps images out of the store: a tap that only copies T's input is the image itself.
#ifndef VIGIL_ESTIMATOR_TAPS_IMAGE_TAP_H_
#define VIGIL_ESTIMATOR_TAPS_IMAGE_TAP_H_

#include <string_view>

#include "engine/graph/graph.h"

namespace vigil {

// True where the value is a graph input, or made from graph inputs and constants alone by operators
// after which one still sees the picture: those that move values (Identity, Dropout, Reshape,
// Flatten, Transpose, Pad, Concat with anything), that map each value by itself (Relu, Clip,
// Sigmoid, Add and Mul with constants or with other copies, BatchNormalization), or that shrink it
// to a thumbnail (MaxPool, AveragePool). A convolution ends it, and so does the mean over a whole
// plane. It cannot know what weights do: a convolution trained to copy its input passes.
// REQUIRES: `value` is one of graph.values().
bool IsImageCopy(const Graph& graph, ValueId value);

// Throws Error: (Api, kNotFound) where the graph has no such value; (Api, kUnsupported) where it is
// a copy of an image.
void CheckTapIsNoImage(const Graph& graph, std::string_view tap_name);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_IMAGE_TAP_H_
