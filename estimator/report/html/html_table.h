// Tables that a screen reader can walk through and that a phone can scroll.
#ifndef VIGIL_ESTIMATOR_REPORT_HTML_HTML_TABLE_H_
#define VIGIL_ESTIMATOR_REPORT_HTML_HTML_TABLE_H_

#include <string>
#include <vector>

namespace vigil::html {

struct HtmlColumn {
  std::string header;
  bool number = false;  // stands right, on one line
  bool breaks = false;  // a number that may break at its spaces, FigureText's
  bool desk = false;    // left out on a phone
};

struct HtmlCell {
  std::string text;     // escaped when it is written
  std::string drawing;  // markup of our own, before the text
  std::string note;     // escaped too; small, on a line of its own
};

// The caption and the headers are escaped; the first cell of a row is its header.
class HtmlTable {
 public:
  HtmlTable(std::string caption, std::vector<HtmlColumn> columns);
  // REQUIRES: as many cells as columns.
  void Add(const std::vector<HtmlCell>& cells);
  void Add(const std::vector<std::string>& texts);
  bool empty() const { return rows_.empty(); }
  std::string ToString() const;

 private:
  std::string caption_;
  std::vector<HtmlColumn> columns_;
  std::string rows_;
};

// What is folded away until somebody wants it.
std::string Details(const std::string& summary, const std::string& content);

}  // namespace vigil::html

#endif  // VIGIL_ESTIMATOR_REPORT_HTML_HTML_TABLE_H_
