#include "estimator/report/markup.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

constexpr const char* kBad = "\xEF\xBF\xBD";

TEST(Printable, KeepsText_AndReplacesWhatMovesACursor) {
  EXPECT_EQ(Printable("caf\xC3\xA9 \xF0\x9F\x99\x82"), "caf\xC3\xA9 \xF0\x9F\x99\x82");
  EXPECT_EQ(Printable("a\nb\x1b[2J"), std::string("a") + kBad + "b" + kBad + "[2J");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), kBad);
  EXPECT_EQ(Printable("\xE2\x80\xAE txt"), std::string(kBad) + " txt");  // right-to-left override
}

TEST(Printable, ReplacesWhatIsNoUtf8_ByteByByte) {
  EXPECT_EQ(Printable("\xFF"), kBad);
  EXPECT_EQ(Printable("\xC3"), kBad);                                             // cut off
  EXPECT_EQ(Printable("\xC0\xAF"), std::string(kBad) + kBad);                     // overlong
  EXPECT_EQ(Printable("\xED\xA0\x80"), std::string(kBad) + kBad + kBad);          // a surrogate
  EXPECT_EQ(Printable("\xF4\x90\x80\x80").size(), 4 * std::string(kBad).size());  // too large
}

TEST(Escaped, LeavesNoMarkup) {
  EXPECT_EQ(Escaped("<b a=\"1\">&</b>"), "&lt;b a=&quot;1&quot;&gt;&amp;&lt;/b&gt;");
}

TEST(Shortened, CutsBetweenCodePoints) {
  EXPECT_EQ(Columns("caf\xC3\xA9"), 4u);
  EXPECT_EQ(Shortened("caf\xC3\xA9", 4), "caf\xC3\xA9");
  EXPECT_EQ(Shortened("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xE2\x80\xA6");
  EXPECT_EQ(Shortened("abc", 1), "\xE2\x80\xA6");
}

}  // namespace
}  // namespace vigil
