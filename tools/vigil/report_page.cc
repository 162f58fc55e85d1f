#include "tools/vigil/report_page.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace vigil {

void WriteReportPage(const std::string& path, const std::string& page) {
  if (const std::error_code failure = ReplaceFile(path, page)) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("report '", path, "' cannot be written: ", failure.message()));
  }
}

}  // namespace vigil
