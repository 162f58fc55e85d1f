// The report as a page, in a file.
#ifndef VIGIL_TOOLS_VIGIL_REPORT_PAGE_H_
#define VIGIL_TOOLS_VIGIL_REPORT_PAGE_H_

#include <string>

namespace vigil {

// Throws Error (Input, kIo) naming the file.
void WriteReportPage(const std::string& path, const std::string& page);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_REPORT_PAGE_H_
