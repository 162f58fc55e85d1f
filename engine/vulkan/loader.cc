#include "engine/vulkan/loader.h"

#include <dlfcn.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::vulkan {
namespace {

constexpr char kLibrary[] = "libvulkan.so.1";
constexpr char kEntry[] = "vkGetInstanceProcAddr";

void* Open() {
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  void* entry = library ? dlsym(library, kEntry) : nullptr;
  if (!entry) {
    const char* reason = dlerror();
    throw Error(Fault::kGpu, ErrorCode::kUnavailable,
                Text("no Vulkan loader: ", reason ? reason : kEntry));
  }
  return entry;
}

}  // namespace

void* SystemGetInstanceProcAddr() {
  static void* const entry = Open();  // tried again after a failure
  return entry;
}

}  // namespace vigil::vulkan
