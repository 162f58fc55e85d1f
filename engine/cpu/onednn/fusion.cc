#include "engine/cpu/onednn/fusion.h"

namespace vigil::cpu {

std::vector<EpilogueVariant> WantedVariants(const KernelContext& context,
                                            const Epilogue& epilogue) {
  std::vector<EpilogueVariant> variants{{0, epilogue.residual, epilogue.activation}};
  int output = 1;
  if (epilogue.store_accumulator) {
    if (context.Wanted(output)) variants.push_back({output, false, {}});
    ++output;
  }
  if (epilogue.store_pre_activation && context.Wanted(output)) {
    variants.push_back({output, epilogue.residual, {}});
  }
  return variants;
}

void AppendActivation(dnnl::post_ops& operations, const Activation& activation) {
  switch (activation.kind) {
    case Activation::Kind::kNone:
      return;
    case Activation::Kind::kRelu:
      operations.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
      return;
    case Activation::Kind::kClip:
      operations.append_eltwise(1.0f, dnnl::algorithm::eltwise_clip, activation.low,
                                activation.high);
      return;
    case Activation::Kind::kSigmoid:
      operations.append_eltwise(1.0f, dnnl::algorithm::eltwise_logistic, 0.0f, 0.0f);
      return;
  }
}

dnnl::primitive_attr MakeAttr(const dnnl::post_ops& operations) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_post_ops(operations);
  return attr;
}

}  // namespace vigil::cpu
