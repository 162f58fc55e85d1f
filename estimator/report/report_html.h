// A DeviceReport as a web page.
#ifndef VIGIL_ESTIMATOR_REPORT_REPORT_HTML_H_
#define VIGIL_ESTIMATOR_REPORT_REPORT_HTML_H_

#include <string>

#include "estimator/report/device_report.h"

namespace vigil {

// One self-contained file in UTF-8: no script, nothing loaded from anywhere (its content security
// policy says so too), light and dark as the reader's system is, charts drawn for a wide and for a
// narrow screen, every chart with a table of the same figures. Well-formed as XML is, apart from
// its first line. Texts of others are escaped.
std::string ToHtml(const DeviceReport& report);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_REPORT_HTML_H_
