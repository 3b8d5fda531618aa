#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <opencv2/videoio.hpp>
#include <variant>

#include "examples/video/functions/detect.h"
#include "examples/video/functions/encode.h"
#include "examples/video/functions/extract.h"
#include "examples/video/functions/filter.h"
#include "examples/video/functions/upscale.h"
#include "examples/video/picture.h"
#include "stepconf/asl/execution.h"
#include "stepconf/base/file.h"
#include "tests/temporary_folder.h"

// The example's definition and its five functions together, without processes between them.
namespace video {
namespace {

using stepconf::tests::TemporaryFolder;

using stepconf::Json;
using stepconf::Seconds;

const std::string kDefinition = VIDEO_FOLDER "/workflow.asl.json";

// A video of a portrait beside itself: two faces in each frame.
std::string portrait_clip(const TemporaryFolder& folder, int frames) {
  const std::string portrait = "file://" VIDEO_TESTS "/astronaut.png";
  Json event = {{"fps", 10}, {"output", folder.url() + "/clip.mp4"}};
  for (int i = 0; i < frames; ++i) {
    event["frames"].push_back({{"frame", portrait}, {"boxes", Json::array()}});
    event["filtered"].push_back(portrait);
  }
  return encode(event).at("video");
}

std::map<std::string, std::function<Json(const Json&)>> functions() {
  const auto upscaler = std::make_shared<Upscaler>(VIDEO_FOLDER "/espcn_x2.onnx");
  const auto detector = std::make_shared<FaceDetector>(VIDEO_CASCADE);
  return {{"extract", extract},
          {"upscale", [upscaler](const Json& event) { return upscaler->handle(event); }},
          {"detect", [detector](const Json& event) { return detector->handle(event); }},
          {"filter", filter},
          {"encode", encode}};
}

// Runs the definition to its end, one call after the other, and returns the last command.
stepconf::asl::Command run(const Json& input, std::map<std::string, int>& calls) {
  using namespace stepconf::asl;
  const auto handlers = functions();
  Execution execution(StateMachine::parse(stepconf::read_file(kDefinition), kDefinition), input,
                      {});
  std::deque<Command> open;
  const auto take = [&](std::vector<Command> commands) {
    open.insert(open.end(), commands.begin(), commands.end());
  };
  take(execution.start(Seconds(0)));
  Command last;
  while (!open.empty()) {
    last = open.front();
    open.pop_front();
    if (const auto* invoke = std::get_if<Invoke>(&last)) {
      ++calls[invoke->step + " " + invoke->function];
      const Json result = handlers.at(invoke->function)(invoke->event);
      take(execution.handle(InvocationSucceeded{invoke->token, result}, Seconds(0)));
    } else if (!std::holds_alternative<WaitUntil>(last)) {
      return last;
    }
  }
  return last;
}

TEST(VideoWorkflow, TurnsAClipIntoAVideoThatShowsWhatWasFound) {
  const TemporaryFolder folder;
  Json input = stepconf::parse_json(stepconf::read_file(VIDEO_FOLDER "/input.json"), "input.json");
  input["video"] = portrait_clip(folder, 5);
  input["limit"] = 4;
  input["folder"] = folder.url() + "/run";
  input["output"] = folder.url() + "/run/video.mp4";

  std::map<std::string, int> calls;
  const auto last = run(input, calls);
  const auto* failed = std::get_if<stepconf::asl::Failed>(&last);
  ASSERT_EQ(failed, nullptr) << failed->error << ": " << failed->cause;
  const auto* ended = std::get_if<stepconf::asl::Succeeded>(&last);
  ASSERT_NE(ended, nullptr);

  EXPECT_EQ(calls, (std::map<std::string, int>{{"Extract extract", 1},
                                               {"Upscale upscale", 4},
                                               {"Detect detect", 4},
                                               {"Filter filter", 4},
                                               {"Encode encode", 1}}));
  EXPECT_EQ(ended->output.at("video"), input.at("output"));
  EXPECT_EQ(ended->output.at("frames"), 4);
  EXPECT_EQ(ended->output.at("faces"), 8);
  // Enlarged frames are 640 x 320; the filtered one stands beside.
  cv::VideoCapture clip((folder.path() / "run" / "video.mp4").string());
  int frames = 0;
  for (cv::Mat frame; clip.read(frame); ++frames) EXPECT_EQ(frame.size(), cv::Size(1280, 320));
  EXPECT_EQ(frames, 4);
}

}  // namespace
}  // namespace video
