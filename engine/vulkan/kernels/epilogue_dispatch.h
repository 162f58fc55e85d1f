// The dispatches of an operator with a fused epilogue and four bindings (shaders/common/
// epilogue.glsl): input, constants, residual or tap, output.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_EPILOGUE_DISPATCH_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_EPILOGUE_DISPATCH_H_

#include <utility>
#include <vector>

#include "engine/vulkan/kernels/lowering.h"

#include "params/types.h"

namespace vigil::vulkan {

// What differs for kernels on lanes (shaders/common/lanes.glsl).
struct EpilogueOptions {
  int third_mode = -1;  // place of kThird among the modes; negative: the shader looks at its flags
  std::uint32_t local_size = kLocalSize;
  BufferRef input{};  // the first binding, where it is not the node's first input
};

// Adds the node's dispatch. A swallowed value that is tapped takes the third binding and is written
// by the second store, in runs that keep taps alone (Dispatch::tapped_push). Where the residual
// holds that binding a further dispatch of the same kernel writes it, again only in such runs: so a
// run without taps pays nothing, and the arithmetic of the output is the same in both.
template <typename Params>
void AddWithEpilogue(Lowering& lowering, const Node& node, const Epilogue& epilogue,
                     std::string_view shader, const Params& params, const BufferRef& constants,
                     std::uint64_t groups, const std::vector<std::uint32_t>& modes,
                     EpilogueOptions options = {}) {
  const BufferRef input = options.input.bytes ? options.input : lowering.Operand(node.inputs[0]);
  const auto add = [&](ValueId output_value, const BufferRef* third, std::uint32_t flags,
                       const Activation& activation) -> Dispatch& {
    const BufferRef output = lowering.Operand(output_value);
    Params own = params;
    own.flags |= flags;
    own.low = activation.alpha;
    own.high = activation.beta;
    // An unused third binding is given the output, which the shader then leaves alone there.
    std::vector<std::uint32_t> own_modes = modes;
    if (options.third_mode >= 0) {
      const bool residual = (flags & FLAG_RESIDUAL) != 0;
      own_modes[static_cast<std::size_t>(options.third_mode)] = !third ? 0 : residual ? 1 : 2;
    }
    Dispatch& dispatch =
        lowering.Add(shader, own, {input, constants, third ? *third : output, output}, groups,
                     activation.kind, own_modes);
    dispatch.specialization[0] = options.local_size;
    return dispatch;
  };
  if (!epilogue.residual) {
    if (!epilogue.store_pre_activation) {
      add(node.outputs[0], nullptr, 0, epilogue.activation);
      return;
    }
    const BufferRef extra = lowering.Operand(node.outputs[1]);
    Dispatch& dispatch = add(node.outputs[0], &extra, 0, epilogue.activation);
    Params tapped;
    std::memcpy(&tapped, dispatch.push.data(), sizeof(tapped));
    tapped.flags |= FLAG_EXTRA;
    dispatch.SetTappedPush(tapped);
    return;
  }
  const BufferRef residual = lowering.Operand(node.inputs.back());
  add(node.outputs[0], &residual, FLAG_RESIDUAL, epilogue.activation);
  std::size_t next = 1;
  if (epilogue.store_accumulator) add(node.outputs[next++], nullptr, 0, {}).tap_only = true;
  if (epilogue.store_pre_activation) {
    add(node.outputs[next], &residual, FLAG_RESIDUAL, {}).tap_only = true;
  }
}

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_EPILOGUE_DISPATCH_H_
