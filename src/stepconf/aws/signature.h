#pragma once

#include <string>
#include <string_view>

#include "stepconf/aws/credentials.h"
#include "stepconf/net/http.h"

namespace stepconf::aws {

/// Whom a signature is for: "s3" in "us-east-1".
struct SigningScope {
  std::string service;
  std::string region;
};

/// The digest that says that the body is not part of the signature: for S3, over TLS.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// Signs a request with Signature Version 4, in its headers
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
///
/// Host must be set; the target is signed as it stands, so it must be encoded as `percent_encode`
/// does. `payload_digest` is the body's SHA-256 in hexadecimal digits, or kUnsignedPayload. Sets
/// X-Amz-Date, X-Amz-Security-Token, for s3 X-Amz-Content-Sha256, and Authorization; signing again
/// replaces them. Throws Error where Host is missing.
void sign(net::Request& request, const Credentials& credentials, const SigningScope& scope,
          Time now, std::string_view payload_digest);

/// Encodes everything but letters, digits and -._~ as %XX. `kept` names characters that stand as
/// they are too: "/" in a path.
std::string percent_encode(std::string_view text, std::string_view kept = {});

}  // namespace stepconf::aws
