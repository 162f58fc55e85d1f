// `vigil store keygen` and `rekey` as an operator meets them.
#include <sys/stat.h>

#include "tests/e2e/command_fixture.h"

namespace vigil {
namespace {

class StoreKeys : public testing::CommandFixture {
 protected:
  void SetUp() override {
    if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  }
  std::string Keys() const {
    return " --secret '" + Path("s.key") + "' --public '" + Path("p.key") + "'";
  }
  std::string Secret() const {
    std::ifstream in(Path("s.key"));
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(StoreKeys, Keygen_MakesThemOnce_AndShowsNoSecret) {
  const testing::Outcome made = Vigil("store keygen" + Keys());
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const std::string secret = Secret();
  struct stat status {};
  ASSERT_EQ(stat(Path("s.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0600u);
  EXPECT_EQ(made.output.find(secret.substr(19, 40)), std::string::npos);
  ExpectFailure("store keygen" + Keys(), "api", {"s.key", "exists"});
  EXPECT_EQ(Secret(), secret);
}

TEST_F(StoreKeys, RekeyOfAStoreThatIsNotThere_ChangesNoKey) {
  ASSERT_EQ(Vigil("store keygen" + Keys()).exit_code, 0);
  const std::string secret = Secret();
  ExpectFailure("store rekey '" + Path("none.db") + "'" + Keys(), "input", {"none.db"});
  EXPECT_EQ(Secret(), secret);
}

TEST_F(StoreKeys, SecretThatOthersMayRead_IsOneLine) {
  ASSERT_EQ(Vigil("store keygen" + Keys()).exit_code, 0);
  std::filesystem::permissions(Path("s.key"), std::filesystem::perms(0644));
  ExpectFailure("store rekey x.db" + Keys(), "api", {"s.key", "only its owner can read"});
}

}  // namespace
}  // namespace vigil
