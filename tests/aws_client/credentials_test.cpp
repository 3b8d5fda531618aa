#include <gtest/gtest.h>

#include <atomic>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/error.h"
#include "tests/aws_client/local_server.h"
#include "tests/aws_client/variables.h"

namespace stepconf::aws {
namespace {

// 2026-01-01T00:00:00Z
const Time kNow = std::chrono::system_clock::from_time_t(1767225600);

/// Gives credentials that expire after an hour, named by how often they were asked for.
class Container {
 public:
  explicit Container(const char* expiration = "2026-01-01T01:00:00Z") : expiration_(expiration) {}

  Environment environment() const {
    return variables({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server_.url() + "/v1?id=7"},
                      {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "secret-token"}});
  }
  std::atomic<bool> fails{false};

 private:
  net::Response answer(const net::Request& request) {
    if (fails) return {.status = 500};
    if (request.target != "/v1?id=7" || request.headers.get("Authorization") != "secret-token") {
      return {.status = 401};
    }
    return {.headers = {},
            .body = R"({"AccessKeyId":"id-)" + std::to_string(++asked_) +
                    R"(","SecretAccessKey":"secret","Token":"token","Expiration":")" + expiration_ +
                    R"("})"};
  }

  const char* expiration_;
  int asked_ = 0;
  LocalServer server_{[this](const net::Request& request, const net::Responder& responder) {
    responder.send(answer(request));
  }};
};

TEST(CredentialChain, PrefersTheEnvironment) {
  CredentialChain chain(variables({{"AWS_ACCESS_KEY_ID", "id"},
                                   {"AWS_SECRET_ACCESS_KEY", "secret"},
                                   {"AWS_SESSION_TOKEN", "token"},
                                   {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"}}));
  const Credentials found = chain.get(kNow);
  EXPECT_EQ(found.access_key_id, "id");
  EXPECT_EQ(found.secret_access_key, "secret");
  EXPECT_EQ(found.session_token, "token");
}

TEST(CredentialChain, SaysWhereItLooked) {
  CredentialChain chain(variables({{"AWS_EC2_METADATA_DISABLED", "true"}}));
  try {
    chain.get(kNow);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("AWS_ACCESS_KEY_ID"), std::string::npos);
  }
}

TEST(CredentialChain, AsksAContainerOnceUntilItsCredentialsAreAboutToExpire) {
  const Container container;
  CredentialChain chain(container.environment());
  EXPECT_EQ(chain.get(kNow).access_key_id, "id-1");
  EXPECT_EQ(chain.get(kNow).session_token, "token");
  EXPECT_EQ(chain.get(kNow + std::chrono::minutes(54)).access_key_id, "id-1");
  EXPECT_EQ(chain.get(kNow + std::chrono::minutes(56)).access_key_id, "id-2");
}

TEST(CredentialChain, KeepsCredentialsThatAreGoodStillWhereThereAreNoNewOnes) {
  Container container;
  CredentialChain chain(container.environment());
  chain.get(kNow);
  container.fails = true;
  EXPECT_EQ(chain.get(kNow + std::chrono::minutes(58)).access_key_id, "id-1");
  EXPECT_THROW(chain.get(kNow + std::chrono::minutes(61)), Error);
}

TEST(ContainerCredentials, SendsNoTokenInPlainTextToStrangers) {
  for (const char* url : {"http://example.com/", "http://169.254.170.3/", "http://10.0.0.1/"}) {
    EXPECT_THROW(container_credentials(variables({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}})),
                 Error)
        << url;
  }
}

TEST(ContainerCredentials, NamesTheUrlAndTheReason) {
  Container container;
  container.fails = true;
  try {
    container_credentials(container.environment());
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("/v1?id=7"), std::string::npos) << text;
    EXPECT_NE(text.find("status 500"), std::string::npos) << text;
  }
}

TEST(Endpoint, IsTheServicesOwnBeforeTheGeneralOne) {
  const auto both = variables(
      {{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}, {"AWS_ENDPOINT_URL_S3", "https://store:9000/"}});
  EXPECT_EQ(endpoint(both, "S3")->text(), "https://store:9000");
  EXPECT_EQ(endpoint(both, "LAMBDA")->text(), "http://127.0.0.1:1");
  EXPECT_FALSE(endpoint(variables({}), "S3"));
  EXPECT_FALSE(endpoint(variables({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"},
                                   {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}),
                        "S3"));
  EXPECT_THROW(endpoint(variables({{"AWS_ENDPOINT_URL", "http://h/path"}}), "S3"), InvalidInput);
}

TEST(Region, IsARegionsName) {
  EXPECT_EQ(region(variables({{"AWS_DEFAULT_REGION", "eu-west-1"}})), "eu-west-1");
  EXPECT_EQ(region(variables({{"AWS_DEFAULT_REGION", "a"}, {"AWS_REGION", "b"}})), "b");
  EXPECT_THROW(region(variables({})), InvalidInput);
  EXPECT_THROW(region(variables({{"AWS_REGION", "evil.com/"}})), InvalidInput);
}

}  // namespace
}  // namespace stepconf::aws
