#include "engine/cpu/onednn/fusion.h"

namespace vigil::cpu::onednn {

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

std::vector<Eltwise> EltwisesOf(const Activation& activation) {
  using dnnl::algorithm;
  const float alpha = activation.alpha, beta = activation.beta;
  switch (activation.kind) {
    case Activation::Kind::kNone:
      return {};
    case Activation::Kind::kRelu:
      return {{algorithm::eltwise_relu}};
    case Activation::Kind::kClip:
      return {{algorithm::eltwise_clip, alpha, beta}};
    case Activation::Kind::kSigmoid:
      return {{algorithm::eltwise_logistic}};
    case Activation::Kind::kLeakyRelu:
      return {{algorithm::eltwise_relu, alpha}};
    case Activation::Kind::kElu:
      return {{algorithm::eltwise_elu, alpha}};
    case Activation::Kind::kHardSigmoid:
      return {{algorithm::eltwise_linear, alpha, beta}, {algorithm::eltwise_clip, 0.0f, 1.0f}};
    case Activation::Kind::kHardSwish:
      return {{algorithm::eltwise_hardswish}};
    case Activation::Kind::kTanh:
      return {{algorithm::eltwise_tanh}};
  }
  return {};
}

void AppendActivation(dnnl::post_ops& operations, const Activation& activation) {
  for (const Eltwise& eltwise : EltwisesOf(activation)) {
    operations.append_eltwise(1.0f, eltwise.algorithm, eltwise.alpha, eltwise.beta);
  }
}

dnnl::primitive_attr MakeAttr(const dnnl::post_ops& operations) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_post_ops(operations);
  return attr;
}

}  // namespace vigil::cpu::onednn
