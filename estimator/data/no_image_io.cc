// In place of image_io.cc and sheet.cc where this build has no OpenCV: rendered heads, CIFAR-10 and
// prepared data sets are all there is.
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/image_io.h"
#include "estimator/data/sheet.h"

namespace vigil {
namespace {

[[noreturn]] void Refuse(const std::string& what) {
  throw Error(Fault::kApi, ErrorCode::kUnavailable,
              Text(what, ": this vigil was built without OpenCV (libopencv-dev)"));
}

}  // namespace

Image DecodeImage(std::span<const std::byte>, const std::string& name) {
  Refuse(Text("image '", name, "'"));
}

Image LoadImage(const std::filesystem::path& path) { Refuse(Text("image '", path.string(), "'")); }

Image AfterJpeg(const Image&, int) { Refuse("JPEG"); }

std::vector<std::byte> EncodePng(const Image&) { Refuse("PNG"); }

Image MakeSheet(std::span<const SheetCell>, int, int) { Refuse("contact sheet"); }

}  // namespace vigil
