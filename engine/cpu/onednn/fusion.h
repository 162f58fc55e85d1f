// Epilogues (ops/epilogue.h) as oneDNN's post-operations, shared by the kernels that fuse.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_FUSION_H_
#define VIGIL_ENGINE_CPU_ONEDNN_FUSION_H_

#include <vector>

#include "engine/cpu/onednn/kernel.h"

namespace vigil::cpu::onednn {

// What one output of a fused node applies. Every output is a primitive of its own, so that the
// first is computed by the same one whether or not the others are kept.
struct EpilogueVariant {
  int output = 0;
  bool residual = false;
  Activation activation;
};

// Those that anybody wants, the first output first.
std::vector<EpilogueVariant> WantedVariants(const KernelContext& context, const Epilogue& epilogue);

// One of oneDNN's functions of one element.
struct Eltwise {
  dnnl::algorithm algorithm = dnnl::algorithm::undef;
  float alpha = 0.0f, beta = 0.0f;
};

// The activation as functions one after the other; none for kNone.
std::vector<Eltwise> EltwisesOf(const Activation& activation);

void AppendActivation(dnnl::post_ops& operations, const Activation& activation);

// Scratch memory is planned by us, in the arena.
dnnl::primitive_attr MakeAttr(const dnnl::post_ops& operations = {});

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_FUSION_H_
