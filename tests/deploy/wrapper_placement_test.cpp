#include "stepconf/deploy/wrapper_placement.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "tests/deploy/zip_files.h"

namespace stepconf::deploy {
namespace {

const WrapperPackage kPackage{zip_code("layer"),
                              zip_code(zip_of({{"bootstrap", "wrapper", 0755}}))};
const FunctionSettings kPython{.runtime = "python3.12", .handler = "app.handler"};
const FunctionSettings kProvided{.runtime = "provided.al2023", .handler = "main"};

std::string refusal(const FunctionSettings& settings, const FunctionCode& code) {
  try {
    place_wrapper("extract", settings, code, kPackage, false);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "accepted";
}

TEST(WrapperPlacement, OfAManagedRuntimeIsALayerAndAnExecWrapper) {
  const auto placed = place_wrapper("extract", kPython, zip_code("code"), kPackage, false);
  EXPECT_EQ(placed.wrapped, WrappedBy::layer);
  EXPECT_EQ(
      placed.settings.environment,
      (std::map<std::string, std::string>{{"AWS_LAMBDA_EXEC_WRAPPER", "/opt/stepconf-wrapper"}}));
  EXPECT_EQ(*placed.code.zip, "code");
}

TEST(WrapperPlacement, OfProvidedRuntimesIsTheirBootstrap) {
  const FunctionCode code = zip_code(zip_of({{"bootstrap", "original", 0755}}));
  const auto placed = place_wrapper("extract", kProvided, code, kPackage, false);
  EXPECT_EQ(placed.wrapped, WrappedBy::bootstrap);
  EXPECT_TRUE(placed.settings.environment.empty());
  EXPECT_NE(placed.code.sha256, code.sha256);
}

TEST(WrapperPlacement, OfAnImageWithoutTheWrapperSaysWhatThatCosts) {
  const FunctionCode image{.sha256 = "digest", .image_uri = "registry/image@sha256:1"};
  const auto placed = place_wrapper("extract", {}, image, kPackage, false);
  EXPECT_EQ(placed.wrapped, WrappedBy::nothing);
  EXPECT_NE(placed.remark.find("one job an instance"), std::string::npos) << placed.remark;
  const auto ready = place_wrapper("extract", {}, image, kPackage, true);
  EXPECT_EQ(ready.wrapped, WrappedBy::image);
  EXPECT_EQ(ready.remark, "");
}

TEST(WrapperPlacement, IsRefusedWhereThereAreFiveLayers) {
  FunctionSettings settings = kPython;
  settings.layers.assign(4, "arn");
  EXPECT_EQ(refusal(settings, zip_code("code")), "accepted");
  settings.layers.assign(5, "arn");
  EXPECT_NE(refusal(settings, zip_code("code")).find("function \"extract\": it has five layers"),
            std::string::npos);
}

TEST(WrapperPlacement, IsRefusedWhereThereIsAnotherWrapper) {
  FunctionSettings settings = kPython;
  settings.environment["AWS_LAMBDA_EXEC_WRAPPER"] = "/opt/otel-handler";
  EXPECT_NE(refusal(settings, zip_code("code")).find("is /opt/otel-handler already"),
            std::string::npos);
}

TEST(WrapperPlacement, IsRefusedWhereTheEnvironmentHasNoRoom) {
  FunctionSettings settings = kPython;
  settings.environment["LONG"] = std::string(4050, 'x');
  EXPECT_NE(refusal(settings, zip_code("code")).find("Lambda takes 4096"), std::string::npos);
}

TEST(WrapperPlacement, IsRefusedWhereTheZipIsTooLargeToBeUploaded) {
  EXPECT_NE(refusal(kPython, zip_code(std::string(50 * 1024 * 1024 + 1, 'x'))).find("52428801"),
            std::string::npos);
}

TEST(WrapperPlacement, IsRefusedWhereProvidedCodeHasNoBootstrap) {
  const FunctionCode code = zip_code(zip_of({{"main", "original", 0755}}));
  EXPECT_NE(refusal(kProvided, code).find("function \"extract\": its zip has no file"),
            std::string::npos);
  EXPECT_NE(refusal(kProvided, zip_code("PK")).find("is no zip"), std::string::npos);
}

}  // namespace
}  // namespace stepconf::deploy
