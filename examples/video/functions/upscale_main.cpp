#include <cstdlib>
#include <memory>

#include "examples/video/functions/program.h"
#include "examples/video/functions/upscale.h"

int main() {
  return video::program([] {
    const char* weights = std::getenv("WEIGHTS");
    if (weights == nullptr) {
      throw stepconf::InvalidInput("WEIGHTS is not set, must be the path of an ONNX network");
    }
    const auto upscaler = std::make_shared<video::Upscaler>(weights);
    return [upscaler](const auto& event, const auto&) { return upscaler->handle(event); };
  });
}
