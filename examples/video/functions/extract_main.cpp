#include "examples/video/functions/extract.h"
#include "examples/video/functions/program.h"

int main() {
  return video::program(
      [] { return [](const auto& event, const auto&) { return video::extract(event); }; });
}
