#include "stepconf/aws/profile_file.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "tests/aws_client/variables.h"
#include "tests/temporary_folder.h"

namespace stepconf::aws {
namespace {

constexpr auto kConfiguration = ProfileFileKind::kConfiguration;
constexpr auto kCredentials = ProfileFileKind::kCredentials;

TEST(ProfileFile, ReadsTheProfilesOfACredentialsFile) {
  const ProfileFile file = parse_profile_file(
      "[default]\naws_access_key_id = a\naws_secret_access_key = b\n"
      "# a comment = c\n; another = d\n[ other ]\r\nAWS_ACCESS_KEY_ID=c\r\n"
      "aws_secret_access_key=d==\r\naws_session_token : e\r\n[empty]\nregion =\n",
      kCredentials);
  EXPECT_EQ(file.setting("default", "aws_secret_access_key"), "b");
  EXPECT_FALSE(file.setting("default", "# a comment"));
  EXPECT_EQ(file.setting("other", "aws_access_key_id"), "c");
  EXPECT_EQ(file.setting("other", "aws_secret_access_key"), "d==");
  EXPECT_EQ(file.setting("other", "aws_session_token"), "e");
  EXPECT_FALSE(file.setting("empty", "region"));
  EXPECT_FALSE(file.setting("nobody", "region"));
}

TEST(ProfileFile, NamesProfilesSessionsAndServicesInAConfigurationFile) {
  const ProfileFile file = parse_profile_file(
      "[default]\nregion = a\n[profile dev]\nregion = b\n[profile \"two words\"]\nregion = c\n"
      "[sso-session corp]\nsso_region = d\n[dev]\nregion = no profile's\n[services local]\n"
      "dynamodb =\n  endpoint_url = http://127.0.0.1:1\n  other = x\nlambda =\n"
      "  endpoint_url = http://127.0.0.1:2\n",
      kConfiguration);
  EXPECT_EQ(file.setting("default", "region"), "a");
  EXPECT_EQ(file.setting("dev", "region"), "b");
  EXPECT_EQ(file.setting("two words", "region"), "c");
  EXPECT_EQ(file.sso_sessions.at("corp").at("sso_region"), "d");
  EXPECT_EQ(file.services.at("local").at("dynamodb.endpoint_url"), "http://127.0.0.1:1");
  EXPECT_EQ(file.services.at("local").at("lambda.endpoint_url"), "http://127.0.0.1:2");
}

TEST(ProfileFile, TakesAnyBytes) {
  for (const char* text :
       {"", "]\n[\n=\n\xff", "[", "[]\n= x", "  x = y", "[a]\n  b\n =\n:\n", "[a\nb=c"}) {
    for (const auto kind : {kConfiguration, kCredentials}) {
      EXPECT_FALSE(parse_profile_file(text, kind).setting("default", "b")) << text;
    }
  }
}

TEST(ProfileFile, TheCredentialsFileCountsMore) {
  const tests::TemporaryFolder folder;
  write_file(folder.path() / "config", "[profile p]\nregion = r\naws_access_key_id = old\n");
  write_file(folder.path() / "credentials", "[p]\naws_access_key_id = new\n");
  const auto environment =
      variables({{"AWS_CONFIG_FILE", (folder.path() / "config").string()},
                 {"AWS_SHARED_CREDENTIALS_FILE", (folder.path() / "credentials").string()},
                 {"AWS_PROFILE", "p"}});
  const ProfileFile files = load_profile_files(environment);
  EXPECT_EQ(files.setting("p", "aws_access_key_id"), "new");
  EXPECT_EQ(files.setting("p", "region"), "r");
  EXPECT_EQ(region(environment), "r");
}

TEST(ProfileFile, LiesInTheHomeFolder) {
  const auto home = variables({{"HOME", "/home/u"}, {"AWS_CONFIG_FILE", "~/elsewhere"}});
  EXPECT_EQ(profile_file_path(home, kConfiguration), "/home/u/elsewhere");
  EXPECT_EQ(profile_file_path(home, kCredentials), "/home/u/.aws/credentials");
  EXPECT_FALSE(profile_file_path(variables({}), kConfiguration));
}

TEST(Endpoint, IsTheEnvironmentsBeforeTheProfiles) {
  const tests::TemporaryFolder folder;
  write_file(folder.path() / "config",
             "[default]\nendpoint_url = http://general:1\nservices = mine\n"
             "[services mine]\ncloudwatch_logs =\n  endpoint_url = http://own:2\n"
             "[profile off]\nendpoint_url = http://general:1\n"
             "ignore_configured_endpoint_urls = true\n");
  std::map<std::string, std::string> values{
      {"AWS_CONFIG_FILE", (folder.path() / "config").string()}};
  EXPECT_EQ(endpoint(variables(values), "CLOUDWATCH_LOGS")->text(), "http://own:2");
  EXPECT_EQ(endpoint(variables(values), "LAMBDA")->text(), "http://general:1");
  values["AWS_ENDPOINT_URL"] = "http://variable:3";
  EXPECT_EQ(endpoint(variables(values), "CLOUDWATCH_LOGS")->text(), "http://variable:3");
  values["AWS_PROFILE"] = "off";
  EXPECT_TRUE(endpoint(variables(values), "LAMBDA"));
  values.erase("AWS_ENDPOINT_URL");
  EXPECT_FALSE(endpoint(variables(values), "LAMBDA"));
}

}  // namespace
}  // namespace stepconf::aws
