#include "estimator/report/html/html_table.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/report/markup.h"

namespace vigil::html {
namespace {

std::string ClassOf(const HtmlColumn& column) {
  std::string names = column.breaks ? " figure-cell" : column.number ? " number" : "";
  if (column.desk) names += " desk";
  return names.empty() ? names : Text(" class=\"", names.substr(1), "\"");
}

}  // namespace

HtmlTable::HtmlTable(std::string caption, std::vector<HtmlColumn> columns)
    : caption_(std::move(caption)), columns_(std::move(columns)) {}

void HtmlTable::Add(const std::vector<HtmlCell>& cells) {
  VIGIL_CHECK(cells.size() == columns_.size());
  rows_ += "<tr>";
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const char* tag = c == 0 ? "th" : "td";
    const std::string note =
        cells[c].note.empty() ? "" : Text("<br/><small>", Escaped(cells[c].note), "</small>");
    rows_ += Text("<", tag, c == 0 ? " scope=\"row\"" : "", ClassOf(columns_[c]), ">",
                  cells[c].drawing, Escaped(cells[c].text), note, "</", tag, ">");
  }
  rows_ += "</tr>\n";
}

void HtmlTable::Add(const std::vector<std::string>& texts) {
  std::vector<HtmlCell> cells;
  for (const std::string& text : texts) cells.push_back({.text = text});
  Add(cells);
}

std::string HtmlTable::ToString() const {
  std::string head;
  for (const HtmlColumn& column : columns_) {
    head += Text("<th scope=\"col\"", ClassOf(column), ">", Escaped(column.header), "</th>");
  }
  const std::string caption = Escaped(caption_);
  // A region that scrolls must be reached by keys.
  return Text("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", caption,
              "\"><table>\n<caption>", caption, "</caption>\n<thead><tr>", head,
              "</tr></thead>\n<tbody>\n", rows_, "</tbody></table></div>\n");
}

std::string Details(const std::string& summary, const std::string& content) {
  return Text("<details><summary>", Escaped(summary), "</summary>\n", content, "</details>\n");
}

}  // namespace vigil::html
