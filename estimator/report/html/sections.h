// The parts of the page, each a <section> with its heading; empty where there is nothing to say.
#ifndef VIGIL_ESTIMATOR_REPORT_HTML_SECTIONS_H_
#define VIGIL_ESTIMATOR_REPORT_HTML_SECTIONS_H_

#include <string>

#include "estimator/report/device_report.h"

namespace vigil::html {

std::string HeadlineSection(const DeviceReport& report);
std::string AlertSection(const DeviceReport& report);
std::string AdviceSection(const DeviceReport& report);
std::string DriftSection(const DeviceReport& report);
std::string TimeSection(const DeviceReport& report);
std::string CauseSection(const DeviceReport& report);
std::string TagSection(const DeviceReport& report);
std::string SliceSection(const DeviceReport& report);
std::string IdleSection(const DeviceReport& report);
std::string SampleSection(const DeviceReport& report);  // with drops and what was set aside
std::string IncidentSection(const DeviceReport& report);
std::string ModelSection(const DeviceReport& report);

// `id`: letters; `content`: markup.
std::string Section(const std::string& id, const std::string& heading, const std::string& content);
std::string Paragraph(const std::string& text, const std::string& css_class = "");  // escapes

}  // namespace vigil::html

#endif  // VIGIL_ESTIMATOR_REPORT_HTML_SECTIONS_H_
