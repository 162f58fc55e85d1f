#include "estimator/report/report_html.h"

#include <cmath>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/report_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

// What the first group of the pattern holds, wherever it matches.
std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

// A reader of XML's tags alone: every element is closed in its order, attributes are quoted and
// come once, '<' and '&' stand for nothing else. Returns what is wrong first; empty: well-formed.
std::string ProblemOf(const std::string& page) {
  static const std::regex tag(
      R"re(<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z][A-Za-z0-9-]*="[^"<]*")*)\s*(/?)>)re");
  static const std::regex entity(R"re(&(amp|lt|gt|quot);)re");
  const std::string first = "<!DOCTYPE html>\n";
  if (!page.starts_with(first)) return "no doctype";
  std::vector<std::string> open;
  for (std::size_t at = first.size(); at < page.size();) {
    const auto rest = page.cbegin() + static_cast<std::ptrdiff_t>(at);
    std::smatch match;
    if (page[at] == '&' && !std::regex_search(rest, page.cend(), match, entity,
                                              std::regex_constants::match_continuous)) {
      return "a bare & at: " + page.substr(at, 40);
    }
    if (page[at] == '>') return "a bare > at: " + page.substr(at, 40);
    if (page[at] != '<') {
      ++at;
      continue;
    }
    if (!std::regex_search(rest, page.cend(), match, tag, std::regex_constants::match_continuous)) {
      return "no tag: " + page.substr(at, 60);
    }
    const std::string attributes = match[3];
    std::set<std::string> names;
    for (const std::string& name : Matches(attributes, "([A-Za-z][A-Za-z0-9-]*)=\"")) {
      if (!names.insert(name).second) return "an attribute twice: " + match.str();
    }
    if (match[1].length() > 0) {
      if (open.empty() || open.back() != match[2]) return "closed out of order: " + match.str();
      open.pop_back();
    } else if (match[4].length() == 0) {
      open.push_back(match[2]);
    }
    at += static_cast<std::size_t>(match.length());
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

TEST(ProblemOf, SeesWhatIsWrong) {
  const std::string head = "<!DOCTYPE html>\n";
  EXPECT_EQ(ProblemOf(head + "<p class=\"a\">x<br/>&amp;</p>"), "");
  EXPECT_NE(ProblemOf(head + "<p><b></p></b>"), "");
  EXPECT_NE(ProblemOf(head + "<p>a & b</p>"), "");
  EXPECT_NE(ProblemOf(head + "<p>a < b</p>"), "");
  EXPECT_NE(ProblemOf(head + "<p a=\"1\" a=\"2\"></p>"), "");
  EXPECT_NE(ProblemOf(head + "<p>"), "");
}

TEST(ReportHtml, IsWellFormed) {
  EXPECT_EQ(ProblemOf(ToHtml(testing::FullReport())), "");
  EXPECT_EQ(ProblemOf(ToHtml(testing::EmptyReport())), "");
}

TEST(ReportHtml, LoadsNothing_AndHasNoScript) {
  std::string page = ToHtml(testing::FullReport());
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("javascript:")));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(\son[a-z]+=)")));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(\s(src|href)=)")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  page = std::regex_replace(page, std::regex("xmlns=\"http://www.w3.org/2000/svg\""), "");
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  // Paints are patterns of this page.
  const std::vector<std::string> paints = Matches(page, R"(url\(#([^)]*)\))");
  EXPECT_FALSE(paints.empty());
  EXPECT_EQ(paints.size(), CountOf(page, "url("));
  for (const std::string& id : paints) EXPECT_THAT(page, HasSubstr("<pattern id=\"" + id + "\""));
}

TEST(ReportHtml, EscapesEveryStringFromOutside) {
  const std::string page = ToHtml(testing::FullReport());
  // Title, h1, T, PE, backend, tag key (twice, with the region's name), tag value, alert (in the
  // headline, the list and the two charts), message, reason of waiting (four times).
  EXPECT_GE(CountOf(page, "&lt;script&gt;alert('x')"), 10u);
  EXPECT_THAT(page, Not(HasSubstr("alert('x')</")));
}

TEST(ReportHtml, SaysTheHeadlineInWords) {
  const std::string page = ToHtml(testing::FullReport());
  EXPECT_THAT(page, HasSubstr("T was right on about 84.0 % of its inferences; the 95 % interval is "
                              "80.0 % to 88.0 %."));
  EXPECT_THAT(page, HasSubstr("Outside calibrated conditions."));
  EXPECT_THAT(page, HasSubstr("An alert is firing:"));
  EXPECT_THAT(page, HasSubstr("3 verdicts are older than the windows shown."));
  EXPECT_THAT(page, HasSubstr("UTC"));
}

TEST(ReportHtml, MarksChangesOnTheChart_WithTheirNumbersInTheTable) {
  const std::string page = ToHtml(testing::FullReport());
  EXPECT_THAT(page, HasSubstr("sudden input drift (blur)"));
  EXPECT_THAT(page, HasSubstr("2024-10-04 06:00 to 2024-10-05 06:00"));
  EXPECT_THAT(page, HasSubstr("<strong>Retrain T</strong>"));
  // Two changes at two widths, one line each, and a numbered name.
  EXPECT_EQ(CountOf(page, "<path class=\"event\""), 4u);
  EXPECT_EQ(CountOf(page, "class=\"event-name\""), 4u);
  EXPECT_EQ(CountOf(ToHtml(testing::EmptyReport()), "<path class=\"event"), 0u);
  // One that was over before the chart begins is in the table alone.
  DeviceReport report = testing::FullReport();
  report.drift->events[0].start_micros = testing::kReportStart - 3 * testing::kDay;
  report.drift->events[0].ended_micros = testing::kReportStart - testing::kDay;
  EXPECT_EQ(CountOf(ToHtml(report), "<path class=\"event\""), 2u);
}

TEST(ReportHtml, WithoutVerdicts_SaysWhyAndDrawsNoEmptyChart) {
  const std::string page = ToHtml(testing::EmptyReport());
  EXPECT_THAT(page, HasSubstr("12 records wait for PE"));
  EXPECT_THAT(page, Not(HasSubstr("id=\"accuracy-wide-title\"")));
  EXPECT_THAT(page, HasSubstr("id=\"idle-wide-title\""));
}

TEST(ReportHtml, CanBeReadByAScreenReader) {
  const std::string page = ToHtml(testing::FullReport());
  for (const char* landmark : {"<header>", "<main>", "<footer>", "<html lang=\"en\">"}) {
    EXPECT_EQ(CountOf(page, landmark), 1u) << landmark;
  }
  EXPECT_EQ(CountOf(page, "<h1"), 1u);
  EXPECT_EQ(CountOf(page, "<section aria-labelledby="), CountOf(page, "<h2 id="));
  EXPECT_EQ(CountOf(page, "<table>"), CountOf(page, "<caption>"));
  EXPECT_EQ(CountOf(page, "<th"), CountOf(page, "<th scope=") + CountOf(page, "<thead>"));
  // A picture has a name and a description, or is said to be none.
  EXPECT_EQ(CountOf(page, "<svg"),
            CountOf(page, "role=\"img\" aria-labelledby=") + CountOf(page, "aria-hidden=\"true\""));
  EXPECT_EQ(CountOf(page, "role=\"img\""), CountOf(page, "<desc id="));
  // Three charts at two widths, each with its figures as a table.
  EXPECT_EQ(CountOf(page, "role=\"img\""), 6u);
  EXPECT_EQ(CountOf(page, "<details>"), 3u);
  std::set<std::string> ids;
  for (const std::string& id : Matches(page, R"re(\sid="([^"]*)")re")) {
    EXPECT_TRUE(ids.insert(id).second) << id << " twice";
  }
  for (const std::string& id : Matches(page, R"re(aria-labelledby="([^" ]*))re")) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
}

// What the relative luminances of two colours make of each other (WCAG 2.1, 1.4.3).
double Contrast(const std::string& a, const std::string& b) {
  const auto luminance = [](const std::string& colour) {
    const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double c = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
      sum += weights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
  };
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST(ReportHtml, HasEnoughContrast_InLightAndDark) {
  const std::string page = ToHtml(testing::EmptyReport());
  const std::size_t dark_at = page.find("prefers-color-scheme:dark");
  ASSERT_NE(dark_at, std::string::npos);
  for (const std::size_t from : {page.find(":root{"), dark_at}) {
    const auto colour = [&](const std::string& name) {
      return page.substr(page.find("--" + name + ":", from) + name.size() + 3, 7);
    };
    for (const char* text : {"ink", "soft", "c0", "alarm", "note"}) {
      EXPECT_GE(Contrast(colour(text), colour("bg")), 4.5) << text << " from " << from;
    }
    EXPECT_GE(Contrast(colour("alarm"), colour("alarm-bg")), 4.5);
    EXPECT_GE(Contrast(colour("note"), colour("note-bg")), 4.5);
    EXPECT_GE(Contrast(colour("ink"), colour("alarm-bg")), 4.5);
    for (const char* drawn : {"c0", "c1", "c2", "c3", "c4", "c5", "c6"}) {
      EXPECT_GE(Contrast(colour(drawn), colour("bg")), 3.0) << drawn << " from " << from;
    }
  }
}

}  // namespace
}  // namespace vigil
