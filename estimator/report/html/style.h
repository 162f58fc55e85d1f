#ifndef VIGIL_ESTIMATOR_REPORT_HTML_STYLE_H_
#define VIGIL_ESTIMATOR_REPORT_HTML_STYLE_H_

namespace vigil::html {

// The page's style sheet. Texts reach a contrast of 4.5 to 1 and what is drawn 3 to 1, in light and
// in dark (WCAG 2.1, AA).
extern const char* const kStyle;

}  // namespace vigil::html

#endif  // VIGIL_ESTIMATOR_REPORT_HTML_STYLE_H_
