// The family API: versions, files and rights at the borders to others.
#include <filesystem>

#include <dlfcn.h>
#include <sys/stat.h>

#include "engine/base/text.h"
#include "engine/onnx/file_info.h"
#include "estimator/store/store.h"
#include "tools/vigil/doctor/patient.h"
#include "tools/vigil/format.h"
#if VIGIL_HAVE_DAEMON
#include "estimator/daemon/config.h"
#endif

namespace vigil::doctor {
namespace {

namespace fs = std::filesystem;

Said SayOpset(const Model& model) {
  const OnnxFileInfo info = ReadOnnxFileInfo(model.path), ours = WrittenOnnxInfo();
  const std::string found = Text("opset ", info.opset, ", IR ", info.ir_version,
                                 "; Vigil writes opset ", ours.opset, ", IR ", ours.ir_version);
  if (info.opset > ours.opset + 5) {
    return {Result::kWarn, Text(found, ": much newer than what it was tested with"),
            "Check its answers: `vigil verify`; or export with an older opset."};
  }
  return {Result::kOk, found, ""};
}

// As processes that run T load it.
Said SayLibrary() {
  const std::string version = VIGIL_VERSION;
  const std::string soname = "libvigil.so." + version.substr(0, version.find('.'));
  void* library = dlopen(soname.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (!library)
    return {Result::kSkipped, Text(soname, " is not installed where programs find it"), ""};
  using Version = const char* (*)();
  const auto ask = reinterpret_cast<Version>(dlsym(library, "vigil_version"));
  const std::string found = ask ? ask() : "";
  const bool complete = dlsym(library, "vigil_target_violations") != nullptr;
  dlclose(library);
  if (found != version || !complete) {
    return {Result::kFail,
            Text(soname, " says version '", found, "', this command is ", version,
                 complete ? "" : "; it lacks vigil_target_violations"),
            "Install library, service and command of one release."};
  }
  return {Result::kOk, Text(soname, ", version ", found), ""};
}

#if VIGIL_HAVE_DAEMON
std::string Mode(mode_t mode) {
  std::string digits;
  for (const int shift : {6, 3, 0}) digits += static_cast<char>('0' + (mode >> shift & 7));
  return "0" + digits;
}

// `allowed`: the rights that the file may give.
Said SayRights(const fs::path& path, mode_t allowed, const char* remedy) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return {Result::kSkipped, Text(path.string(), " is not there yet: vigild makes it"), ""};
  }
  const mode_t mode = status.st_mode & 0777;
  if ((mode & ~allowed) != 0) {
    return {Result::kFail,
            Text(path.string(), " has mode ", Mode(mode), ": expected at most ", Mode(allowed)),
            Text(remedy, ": chmod ", Mode(allowed), " ", path.string())};
  }
  return {Result::kOk, Text(path.string(), ", mode ", Mode(mode)), ""};
}

Said SayStore(const ServiceConfig& config) {
  if (!fs::exists(config.store_path))
    return {Result::kSkipped, Text(config.store_path, " is not there yet: vigild makes it"), ""};
  StoreOptions options{.create = false};
  options.codec = LookingCodec();
  Store store(config.store_path, std::move(options));
  const StoreStats stats = store.Stats();
  const std::string found =
      Text(config.store_path, ": ", stats.records, " records wait, ", stats.verdicts, " verdicts, ",
           FormatBytes(static_cast<std::uint64_t>(stats.file_bytes)));
  if (stats.unopenable > 0 && stats.unopenable < stats.records)
    return {Result::kWarn, Text(found, "; ", stats.unopenable, " sealed for another key"),
            "Give vigild the key that they were sealed for, or let them expire."};
  return {Result::kOk, found, ""};
}

void CheckService(const std::string& path, Findings& findings) {
  std::optional<ServiceConfig> config;
  findings.Check(
      Fault::kApi, "configuration", fs::path(path).filename().string(),
      [&] {
        config = ReadServiceConfig(path);
        return Said{Result::kOk,
                    Text("PE ", config->estimator.string(), ", backend ", config->backend, ", ",
                         config->alerts.size(), " alerts"),
                    ""};
      },
      "Mend that line; `vigild --config FILE` says the same.");
  if (!config) return;
  findings.Check(
      Fault::kApi, "store", "", [&] { return SayStore(*config); },
      "`vigil store verify` says what can be read; vigild salvages the rest when it starts.");
  const auto rights = [&](const char* check, const fs::path& file, mode_t allowed,
                          const char* remedy) {
    findings.Check(Fault::kApi, check, "", [&] { return SayRights(file, allowed, remedy); });
  };
  rights("secret key's rights", config->secret_key, 0600, "Nobody else may read it");
  rights("store's rights", config->store_path, 0660, "Features can be inverted into pictures");
  if (!config->activity_page.empty())
    rights("activity page's rights", config->activity_page, 0660, "Others could keep PE from work");
  for (const fs::path& model : {config->estimator, config->target}) {
    if (model.empty()) continue;
    findings.Check(
        Fault::kApi, "model of the service", model.filename().string(),
        [&] {
          ReadOnnxFileInfo(model);
          return Said{Result::kOk, Text(model.string(), " can be read"), ""};
        },
        "Correct the path under [models].");
  }
}
#endif

}  // namespace

void CheckApi(const Patient& patient, Findings& findings) {
  for (const Model& model : patient.models) {
    findings.Check(
        Fault::kApi, "opset", model.name, [&] { return SayOpset(model); }, "Give an ONNX file.");
  }
  findings.Check(Fault::kApi, "libvigil", "", SayLibrary);
  if (patient.config.empty()) {
    findings.Check(Fault::kApi, "service", "", [] {
      return Said{Result::kSkipped, "no configuration was given", "Name vigild's: --config FILE."};
    });
    return;
  }
#if VIGIL_HAVE_DAEMON
  CheckService(patient.config, findings);
#else
  findings.Check(Fault::kApi, "service", "", [] {
    return Said{Result::kSkipped, "this build has no service", ""};
  });
#endif
}

}  // namespace vigil::doctor
