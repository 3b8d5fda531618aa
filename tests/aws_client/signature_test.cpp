#include "stepconf/aws/signature.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/net/digest.h"

namespace stepconf::aws {
namespace {

// 2013-05-24T00:00:00Z, the date of the examples in
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
constexpr std::time_t kMay24 = 1369353600;

const Credentials kExample{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                           .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};

std::string signature_of(net::Request request) {
  sign(request, kExample, {.service = "s3", .region = "us-east-1"},
       std::chrono::system_clock::from_time_t(kMay24), net::hexadecimal(net::sha256(request.body)));
  const std::string header = request.headers.get("Authorization").value();
  return header.substr(header.find("Signature=") + 10);
}

net::Request to_example_bucket(std::string method, std::string target) {
  net::Request request{.method = std::move(method), .target = std::move(target)};
  request.headers.set("Host", "examplebucket.s3.amazonaws.com");
  return request;
}

TEST(Sign, SignsThePartOfAnObjectAsAwsDoes) {
  net::Request request = to_example_bucket("GET", "/test.txt");
  request.headers.set("Range", "bytes=0-9");
  EXPECT_EQ(signature_of(request),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Sign, SignsAnUploadAsAwsDoes) {
  net::Request request = to_example_bucket("PUT", "/test%24file.text");
  request.headers.set("Date", "Fri, 24 May 2013 00:00:00 GMT");
  request.headers.set("x-amz-storage-class", "REDUCED_REDUNDANCY");
  request.body = "Welcome to Amazon S3.";
  EXPECT_EQ(signature_of(request),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(Sign, SortsParametersAndTakesThoseWithoutAValue) {
  EXPECT_EQ(signature_of(to_example_bucket("GET", "/?lifecycle")),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(signature_of(to_example_bucket("GET", "/?prefix=J&max-keys=2")),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(Sign, ReplacesAnOldSignature) {
  net::Request request = to_example_bucket("GET", "/");
  const SigningScope scope{.service = "s3", .region = "us-east-1"};
  const auto now = std::chrono::system_clock::from_time_t(kMay24);
  sign(request, kExample, scope, now, kUnsignedPayload);
  const auto first = request.headers.fields;
  sign(request, kExample, scope, now, kUnsignedPayload);
  EXPECT_EQ(request.headers.fields, first);
}

TEST(Sign, RefusesARequestWithoutHost) {
  net::Request request;
  EXPECT_THROW(sign(request, kExample, {.service = "s3", .region = "x"}, Time{}, ""), Error);
}

TEST(PercentEncode, KeepsUnreservedCharactersOnly) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b+c/%\n", "/"), "a%20b%2Bc/%25%0A");
  EXPECT_EQ(percent_encode("\xc3\xbc/"), "%C3%BC%2F");
}

}  // namespace
}  // namespace stepconf::aws
