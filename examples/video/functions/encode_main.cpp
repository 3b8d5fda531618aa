#include "examples/video/functions/encode.h"
#include "examples/video/functions/program.h"

int main() {
  return video::program(
      [] { return [](const auto& event, const auto&) { return video::encode(event); }; });
}
