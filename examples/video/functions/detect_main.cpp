#include <cstdlib>
#include <memory>

#include "examples/video/functions/detect.h"
#include "examples/video/functions/program.h"

int main() {
  return video::program([] {
    const char* cascade = std::getenv("CASCADE");
    if (cascade == nullptr) {
      throw stepconf::InvalidInput(
          "CASCADE is not set, must be the path of a cascade of Haar features");
    }
    const auto detector = std::make_shared<video::FaceDetector>(cascade);
    return [detector](const auto& event, const auto&) { return detector->handle(event); };
  });
}
