// Strings of others made safe to show: tags, names and messages come from outside.
#ifndef VIGIL_ESTIMATOR_REPORT_MARKUP_H_
#define VIGIL_ESTIMATOR_REPORT_MARKUP_H_

#include <string>
#include <string_view>

namespace vigil {

// Valid UTF-8 on one line that neither moves a cursor nor turns the direction of what follows:
// bytes that are no UTF-8, control characters and marks of direction become U+FFFD.
std::string Printable(std::string_view text);

// Printable text for HTML and XML, inside elements and inside double quotes.
std::string Escaped(std::string_view text);

std::string Number(double value);  // of SVG: "12.3"

// Code points, which is what a terminal's columns hold of most scripts.
std::size_t Columns(std::string_view printable);
// At most `columns` of it; what was cut ends with an ellipsis. REQUIRES: columns >= 1.
std::string Shortened(std::string_view printable, std::size_t columns);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_MARKUP_H_
