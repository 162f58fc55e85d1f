#include "engine/onnx/export_attributes.h"

#include <algorithm>
#include <string>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::onnx {
namespace {

schema::AttributeProto& NewAttribute(schema::NodeProto& node, const char* name,
                                     AttributeType type) {
  schema::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

[[noreturn]] void ThrowOther(const schema::NodeProto& node, std::string_view what,
                             std::string_view where) {
  throw Error(Fault::kModel, ErrorCode::kUnsupported,
              Text("node '", node.name(), "': ", what, " stands in ", where, " alone, opset ",
                   kWrittenOpset, " is written"));
}

std::string_view NameOf(ResizeMode mode) {
  switch (mode) {
    case ResizeMode::kNearest:
      return "nearest";
    case ResizeMode::kLinear:
      return "linear";
    case ResizeMode::kCubic:
      return "cubic";
  }
  return "";
}

std::string_view NameOf(ResizeCoordinates coordinates, const schema::NodeProto& node) {
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel:
      return "half_pixel";
    case ResizeCoordinates::kHalfPixelSymmetric:
      ThrowOther(node, "half_pixel_symmetric", "opset 19 and later");
    case ResizeCoordinates::kPytorchHalfPixel:
      return "pytorch_half_pixel";
    case ResizeCoordinates::kAlignCorners:
      return "align_corners";
    case ResizeCoordinates::kAsymmetric:
      return "asymmetric";
    case ResizeCoordinates::kTfCropAndResize:
      return "tf_crop_and_resize";
    case ResizeCoordinates::kTfHalfPixelForNn:
      ThrowOther(node, "tf_half_pixel_for_nn", "opsets 11 and 12");
  }
  return "";
}

// Opset 10's rounding has a name where all dimensions go the same way.
std::string_view NameOf(const ResizeAttrs& attrs, const schema::NodeProto& node) {
  switch (attrs.rounding) {
    case ResizeRounding::kRoundPreferFloor:
      return "round_prefer_floor";
    case ResizeRounding::kRoundPreferCeil:
      return "round_prefer_ceil";
    case ResizeRounding::kFloor:
      return "floor";
    case ResizeRounding::kCeil:
      return "ceil";
    case ResizeRounding::kFloorOrCeil:
      break;
  }
  const bool grows = std::ranges::all_of(attrs.scales, [](float scale) { return scale >= 1.0f; });
  const bool shrinks = std::ranges::all_of(attrs.scales, [](float scale) { return scale <= 1.0f; });
  if (attrs.mode == ResizeMode::kNearest && !grows && !shrinks) {
    ThrowOther(node, "nearest up and down at once", "opset 10");
  }
  return grows ? "floor" : "ceil";
}

}  // namespace

void SetInt(schema::NodeProto& node, const char* name, std::int64_t value) {
  NewAttribute(node, name, kAttributeInt).set_i(value);
}

void SetFloat(schema::NodeProto& node, const char* name, float value) {
  NewAttribute(node, name, kAttributeFloat).set_f(value);
}

void SetString(schema::NodeProto& node, const char* name, std::string_view value) {
  NewAttribute(node, name, kAttributeString).set_s(std::string(value));
}

void SetInts(schema::NodeProto& node, const char* name, std::span<const std::int64_t> values) {
  NewAttribute(node, name, kAttributeInts).mutable_ints()->Add(values.begin(), values.end());
}

void SetResizeAttributes(schema::NodeProto& node, const ResizeAttrs& attrs) {
  SetString(node, "mode", NameOf(attrs.mode));
  SetString(node, "coordinate_transformation_mode", NameOf(attrs.coordinates, node));
  SetString(node, "nearest_mode", NameOf(attrs, node));
  SetFloat(node, "cubic_coeff_a", attrs.cubic_a);
  SetInt(node, "exclude_outside", attrs.exclude_outside);
  SetFloat(node, "extrapolation_value", attrs.extrapolation);
}

}  // namespace vigil::onnx
