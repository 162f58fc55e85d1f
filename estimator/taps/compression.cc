#include "estimator/taps/compression.h"

#include <memory>

#include <zstd.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

std::vector<std::byte> Compress(std::span<const std::byte> bytes, int level) {
  VIGIL_CHECK(level >= 1 && level <= 3);
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                        ZSTD_freeCCtx);
  VIGIL_CHECK(context != nullptr);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::vector<std::byte> frame(ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compress2(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
  VIGIL_CHECK(!ZSTD_isError(size));  // the bound above always suffices
  frame.resize(size);
  return frame;
}

std::vector<std::byte> Decompress(std::span<const std::byte> frame, std::size_t max_bytes) {
  const auto malformed = [&](const auto&... what) {
    return Error(Fault::kInput, ErrorCode::kMalformed,
                 Text("compressed payload of ", frame.size(), " bytes ", what...));
  };
  const std::size_t frame_bytes = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
  if (ZSTD_isError(frame_bytes) || frame_bytes != frame.size()) {
    throw malformed("is damaged or truncated: expected one zstd frame");
  }
  const unsigned long long declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (declared == ZSTD_CONTENTSIZE_UNKNOWN || declared == ZSTD_CONTENTSIZE_ERROR) {
    throw malformed("does not declare its size");
  }
  if (declared > max_bytes) {
    throw malformed("declares ", declared, " bytes: expected at most ", max_bytes);
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(declared));
  const std::size_t size = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(size)) throw malformed("is damaged: ", ZSTD_getErrorName(size));
  if (size != bytes.size()) throw malformed("holds ", size, " bytes: expected ", declared);
  return bytes;
}

}  // namespace vigil
