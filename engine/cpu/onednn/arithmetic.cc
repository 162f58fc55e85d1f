#include "engine/cpu/program/arithmetic.h"

#include "engine/base/text.h"
#include "engine/cpu/onednn/primitive_step.h"
#include "engine/cpu/onednn/spin_limit.h"

namespace vigil::cpu::onednn {
namespace {

// That oneDNN has not what was asked for is for the table of kernels to catch.
[[noreturn]] void Rethrow(const dnnl::error& error) {
  if (error.status == dnnl_unimplemented) throw;
  throw FromDnnl(error, "another layout");
}

}  // namespace

std::string Describe() {
  const dnnl_version_t& version = *dnnl_version();
  return Text("oneDNN ", version.major, ".", version.minor, ".", version.patch);
}

void Start() {
  LimitSpinning();
  try {
    DnnlEngine();
  } catch (const dnnl::error& error) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable, Text("cpu: oneDNN: ", error.what()));
  }
}

// Primitives choose their layouts, which may mix samples.
PartPlan PlanParts(const Graph&) { return {}; }

void AddReorder(ProgramBuilder& builder, SlotId from, const Layout& from_layout, SlotId to,
                const Layout& to_layout) try {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::engine& engine = DnnlEngine();
  const dnnl::reorder::primitive_desc desc(engine, from_layout, engine, to_layout, attr);
  std::vector<PrimitiveArgument> arguments{{DNNL_ARG_FROM, from, from_layout},
                                           {DNNL_ARG_TO, to, to_layout}};
  std::vector<SlotId> uses{from, to};
  if (const Layout scratch = desc.scratchpad_desc(); scratch.get_size() > 0) {
    uses.push_back(builder.Scratch(scratch.get_size()));
    arguments.push_back({DNNL_ARG_SCRATCHPAD, uses.back(), scratch});
  }
  builder.AddStep(std::make_unique<PrimitiveStep>(dnnl::reorder(desc), std::move(arguments)), uses);
} catch (const dnnl::error& error) {
  Rethrow(error);
}

void Repack(const float* from, const Layout& from_layout, std::byte* to,
            const Layout& to_layout) try {
  const dnnl::engine& engine = DnnlEngine();
  dnnl::memory source(from_layout, engine, const_cast<float*>(from));  // only read
  dnnl::memory target(to_layout, engine, to);
  dnnl::stream stream(engine);
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
} catch (const dnnl::error& error) {
  Rethrow(error);
}

}  // namespace vigil::cpu::onednn
