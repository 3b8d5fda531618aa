#include "stepconf/base/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace stepconf {
namespace {

TEST(Base64, KnowsTheVectorsOfRfc4648) {
  constexpr std::array<std::pair<const char*, const char*>, 7> kVectors{{{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, CarriesAllBytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  EXPECT_EQ(from_base64(base64(bytes)), bytes);
}

TEST(Base64, DecodesNothingElse) {
  for (const char* text : {"Zg", "Z===", "====", "Zm9v\n", "Zg==Zg==", "Zm-_", "Zm 9"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace stepconf
