#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/html/sections.h"
#include "estimator/report/html/style.h"
#include "estimator/report/markup.h"
#include "estimator/report/report_html.h"
#include "estimator/report/words.h"

namespace vigil {

std::string ToHtml(const DeviceReport& report) {
  std::string about = Text("Made ", MinuteText(report.made_micros), ". All times are UTC.");
  if (report.first_micros) {
    about = Text("Inferences from ", MinuteText(*report.first_micros), " to ",
                 MinuteText(*report.last_micros), ". ", about);
  }
  const std::string title = report.target_name.empty()
                                ? "Vigil report"
                                : Text("Vigil report on ", Escaped(report.target_name));
  return Text(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"/>\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"/>\n<title>",
      title, "</title>\n<style>", html::kStyle, "</style>\n</head>\n<body>\n", html::Patterns(),
      "<header>\n<h1>", title, "</h1>\n", html::Paragraph(about, "soft"), "</header>\n<main>\n",
      html::HeadlineSection(report), html::AdviceSection(report), html::AlertSection(report),
      html::TimeSection(report), html::DriftSection(report), html::CauseSection(report),
      html::TagSection(report), html::SliceSection(report), html::IdleSection(report),
      html::SampleSection(report), html::IncidentSection(report), html::ModelSection(report),
      "</main>\n<footer>\n",
      html::Paragraph("Estimated without labels, from PE's judgement of a fair sample of T's "
                      "inferences, calibrated on images whose truth was known. No image is kept, "
                      "and none is in this file."),
      "</footer>\n</body>\n</html>\n");
}

}  // namespace vigil
