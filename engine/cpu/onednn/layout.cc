#include "engine/cpu/program/layout.h"

#include "engine/base/text.h"

namespace vigil::cpu::onednn {

const dnnl::engine& DnnlEngine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::memory::dims DimsOf(const Shape& shape) {
  if (shape.rank() == 0) return {1};
  return {shape.dims().begin(), shape.dims().end()};
}

Layout PlainLayout(const dnnl::memory::dims& dims) {
  dnnl::memory::dims strides(dims.size(), 1);
  for (std::size_t i = dims.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * dims[i];
  return Layout(dims, dnnl::memory::data_type::f32, strides);
}

Layout PlainLayout(const Shape& shape) { return PlainLayout(DimsOf(shape)); }

Layout PlainLayout(const TensorDesc& desc) {
  if (desc.dtype == DType::kFloat32) return PlainLayout(desc.shape);
  return Layout(dnnl::memory::dims{static_cast<std::int64_t>(desc.bytes())},
                dnnl::memory::data_type::u8, dnnl::memory::dims{1});
}

Layout OfBatch(const Layout& layout, std::int64_t samples) {
  Layout batch = layout;
  batch.data.dims[0] = batch.data.padded_dims[0] = samples;
  return batch;
}

std::optional<ChannelOrder> ChannelOrderOf(const Layout& layout, const Shape& shape) {
  if (layout == PlainLayout(shape)) return ChannelOrder::kPlain;
  if (shape.rank() != 4) return std::nullopt;
  const auto is = [&](dnnl::memory::format_tag tag) {
    return layout == Layout(DimsOf(shape), dnnl::memory::data_type::f32, tag);
  };
  if (is(dnnl::memory::format_tag::nhwc)) return ChannelOrder::kLast;
  if (is(dnnl::memory::format_tag::nChw16c)) return ChannelOrder::kBlocks16;
  if (is(dnnl::memory::format_tag::nChw8c)) return ChannelOrder::kBlocks8;
  return std::nullopt;
}

Layout AnyLayout(const Shape& shape) {
  return Layout(DimsOf(shape), dnnl::memory::data_type::f32, dnnl::memory::format_tag::any);
}

Error FromDnnl(const dnnl::error& error, std::string_view where) {
  if (error.status == dnnl_out_of_memory) {
    return Error(Fault::kGpu, ErrorCode::kOutOfMemory,
                 Text(where, ": oneDNN is out of memory: ", error.what()));
  }
  return Error(Fault::kModel, ErrorCode::kUnsupported,
               Text(where, ": oneDNN refuses (status ", error.status, "): ", error.what()));
}

}  // namespace vigil::cpu::onednn
