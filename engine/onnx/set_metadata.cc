// Metadata put into a file that stays byte for byte what it was otherwise: exported by others, with
// operators that Vigil does not know, and of whatever opset.
#include <limits>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/onnx/file.h"
#include "engine/onnx/import_node.h"
#include "engine/onnx/onnx.h"
#include "engine/onnx/schema.h"

namespace vigil {
namespace onnx {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// The bytes without the entries of this key.
std::string WithoutEntry(const std::string& bytes, const std::string& key,
                         const std::string& name) {
  CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                         static_cast<int>(bytes.size()));
  const std::uint32_t metadata_tag = WireFormatLite::MakeTag(
      schema::ModelProto::kMetadataPropsFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  std::string rest;
  while (true) {
    const auto begin = static_cast<std::size_t>(input.CurrentPosition());
    const std::uint32_t tag = input.ReadTag();
    if (tag == 0 && begin == bytes.size()) return rest;
    schema::StringStringEntryProto entry;
    bool read = tag != 0;
    if (tag == metadata_tag) {
      std::uint32_t size = 0;
      std::string text;
      read = input.ReadVarint32(&size) && input.ReadString(&text, static_cast<int>(size)) &&
             entry.ParseFromString(text);
    } else if (read) {
      read = WireFormatLite::SkipField(&input, tag);
    }
    if (!read) {
      ThrowMalformed(Text(name, ": no ONNX model, or a truncated one: byte ", begin, " of ",
                          bytes.size(), " begins no field of its structure"));
    }
    if (tag == metadata_tag && entry.key() == key) continue;
    rest.append(bytes, begin, static_cast<std::size_t>(input.CurrentPosition()) - begin);
  }
}

}  // namespace
}  // namespace onnx

void SetOnnxMetadata(const std::filesystem::path& path, const std::string& key,
                     const std::string& text) {
  std::string bytes = onnx::WithoutEntry(onnx::ReadWholeFile(path), key, path.string());
  onnx::schema::ModelProto added;
  onnx::schema::StringStringEntryProto& entry = *added.add_metadata_props();
  entry.set_key(key);
  entry.set_value(text);
  // Messages that follow each other are one: entries are added to those before.
  bytes += added.SerializeAsString();
  if (const std::error_code failure = ReplaceFile(path, bytes)) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text(path.string(), ": cannot write: ", failure.message()));
  }
}

}  // namespace vigil
