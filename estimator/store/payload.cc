#include "estimator/store/payload.h"

#include <bit>
#include <cstring>
#include <limits>

#include "engine/base/text.h"
#include "estimator/taps/compression.h"

namespace vigil {
namespace {

static_assert(std::endian::native == std::endian::little, "the body is written as it lies");

constexpr std::byte kVersion{1};
constexpr std::size_t kMaxTaps = std::numeric_limits<std::uint8_t>::max();
constexpr std::size_t kMaxNameBytes = std::numeric_limits<std::uint16_t>::max();

Error Refused(const std::string& what) {
  return Error(Fault::kInput, ErrorCode::kInvalidValue, "record " + what);
}

class Writer {
 public:
  template <typename T>
  void Put(T value) {
    PutBytes(std::as_bytes(std::span(&value, 1)));
  }
  void PutBytes(std::span<const std::byte> bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
  std::vector<std::byte> Take() { return std::move(out_); }

 private:
  std::vector<std::byte> out_;
};

// Invariant: position_ <= in_.size(); nothing is read, and no memory taken, before it is known to
// be there.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> in) : in_(in) {}

  std::span<const std::byte> GetBytes(std::size_t count, std::string_view what) {
    if (count > in_.size() - position_) {
      Fail(Text(what, " of ", count, " bytes, but ", in_.size() - position_, " are left"));
    }
    const auto part = in_.subspan(position_, count);
    position_ += count;
    return part;
  }
  template <typename T>
  T Get(std::string_view what) {
    T value;
    std::memcpy(&value, GetBytes(sizeof(T), what).data(), sizeof(T));
    return value;
  }
  std::vector<float> GetFloats(std::size_t count, std::string_view what) {
    const auto bytes = GetBytes(count * sizeof(float), what);
    std::vector<float> values(count);
    if (count) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  bool AtEnd() const { return position_ == in_.size(); }
  [[noreturn]] void Fail(const std::string& what) const {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("record payload, byte ", position_, " of ", in_.size(), ": ", what));
  }

 private:
  std::span<const std::byte> in_;
  std::size_t position_ = 0;
};

void PutTap(const StoredTap& tap, Writer& out) {
  if (tap.name.empty() || tap.name.size() > kMaxNameBytes) {
    throw Refused(
        Text("has a tap name of ", tap.name.size(), " bytes: expected 1 to ", kMaxNameBytes));
  }
  if (tap.shape.rank() == 0 || tap.shape[0] != 1) {
    throw Refused(Text("tap '", tap.name, "' is ", tap.shape, ": expected dimension 0 to be 1"));
  }
  const std::size_t expected = EncodedSampleBytes(tap.shape, tap.encoding);
  if (tap.bytes.size() != expected) {
    throw Refused(Text("tap '", tap.name, "' of ", tap.shape, " as ", EncodingName(tap.encoding),
                       " has ", tap.bytes.size(), " bytes: expected ", expected));
  }
  out.Put(static_cast<std::uint16_t>(tap.name.size()));
  out.PutBytes(std::as_bytes(std::span(tap.name)));
  out.Put(static_cast<std::uint8_t>(tap.encoding));
  out.Put(static_cast<std::uint8_t>(tap.shape.rank()));
  for (const std::int64_t dim : tap.shape.dims()) out.Put(dim);
  out.PutBytes(tap.bytes);
}

Shape GetShape(Reader& in) {
  const auto rank = in.Get<std::uint8_t>("rank");
  if (rank < 1 || rank > Shape::kMaxRank) in.Fail(Text("rank ", int{rank}, ": expected 1 to 6"));
  std::array<std::int64_t, Shape::kMaxRank> dims{};
  for (int i = 0; i < rank; ++i)
    dims[static_cast<std::size_t>(i)] = in.Get<std::int64_t>("dimension");
  if (dims[0] != 1) in.Fail(Text("dimension 0 is ", dims[0], ": expected 1"));
  try {
    return Shape(std::span<const std::int64_t>(dims.data(), rank));
  } catch (const Error& error) {
    in.Fail(error.what());
  }
}

StoredTap GetTap(Reader& in) {
  StoredTap tap;
  const auto name_bytes = in.Get<std::uint16_t>("length of a tap's name");
  const auto name = in.GetBytes(name_bytes, "tap name");
  if (name.empty()) in.Fail("empty tap name");
  tap.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
  const auto encoding = in.Get<std::uint8_t>("encoding");
  if (encoding > static_cast<std::uint8_t>(Encoding::kInt8)) {
    in.Fail(Text("encoding ", int{encoding}, ": expected 0 to 2"));
  }
  tap.encoding = static_cast<Encoding>(encoding);
  tap.shape = GetShape(in);
  const auto bytes = in.GetBytes(EncodedSampleBytes(tap.shape, tap.encoding), "tap");
  tap.bytes.assign(bytes.begin(), bytes.end());
  return tap;
}

}  // namespace

std::vector<std::byte> SerializeBody(const Record& record) {
  if (record.statistics.size() > kMaxStatistics) {
    throw Refused(Text("has ", record.statistics.size(), " input statistics: expected at most ",
                       kMaxStatistics));
  }
  if (record.taps.size() > kMaxTaps) {
    throw Refused(Text("has ", record.taps.size(), " taps: expected at most ", kMaxTaps));
  }
  Writer out;
  out.Put(static_cast<std::uint32_t>(record.output.size()));
  out.PutBytes(std::as_bytes(std::span(record.output)));
  out.Put(static_cast<std::uint8_t>(record.statistics.size()));
  out.PutBytes(std::as_bytes(std::span(record.statistics)));
  out.Put(static_cast<std::uint8_t>(record.taps.size()));
  for (const StoredTap& tap : record.taps) PutTap(tap, out);
  std::vector<std::byte> body = out.Take();
  if (body.size() > kMaxPayloadBodyBytes) {
    throw Refused(Text("has ", body.size(), " bytes of output and taps: expected at most ",
                       kMaxPayloadBodyBytes));
  }
  return body;
}

void ParseBody(std::span<const std::byte> body, Record& record) {
  Reader in(body);
  record.output = in.GetFloats(in.Get<std::uint32_t>("length of the output"), "output");
  const auto statistics = in.Get<std::uint8_t>("number of statistics");
  if (statistics > kMaxStatistics) {
    in.Fail(Text(int{statistics}, " statistics: expected at most ", kMaxStatistics));
  }
  record.statistics = in.GetFloats(statistics, "statistics");
  const auto taps = in.Get<std::uint8_t>("number of taps");
  record.taps.clear();
  for (int i = 0; i < taps; ++i) record.taps.push_back(GetTap(in));
  if (!in.AtEnd()) in.Fail("expected the end");
}

// Constant from the start, so that no order of initialisation matters.
constinit decltype(&Compress) BodyCompression::compress = &Compress;

std::vector<std::byte> PackBody(const Record& record) {
  return BodyCompression::compress(SerializeBody(record), /*level=*/1);
}

std::vector<std::byte> SealPayload(std::span<const std::byte> packed, const PayloadOwner& owner,
                                   const PayloadCodec& codec) {
  const std::vector<std::byte> sealed = codec.Seal(packed, owner);
  std::vector<std::byte> payload(sealed.size() + 1, kVersion);
  std::memcpy(payload.data() + 1, sealed.data(), sealed.size());
  return payload;
}

std::vector<std::byte> OpenPayload(std::span<const std::byte> payload, const PayloadOwner& owner,
                                   KeyId key, const PayloadCodec& codec) {
  if (payload.empty()) {
    throw Error(Fault::kInput, ErrorCode::kMalformed, "record payload is empty");
  }
  if (payload[0] != kVersion) {
    throw Error(Fault::kInput, ErrorCode::kUnsupported,
                Text("record payload has version ", std::to_integer<int>(payload[0]), ": expected ",
                     std::to_integer<int>(kVersion)));
  }
  return codec.Open(payload.subspan(1), owner, key);
}

void UnpackBody(std::span<const std::byte> packed, Record& record) {
  ParseBody(Decompress(packed, kMaxPayloadBodyBytes), record);
}

}  // namespace vigil
