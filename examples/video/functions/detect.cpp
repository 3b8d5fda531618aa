#include "examples/video/functions/detect.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "examples/video/event.h"
#include "examples/video/picture.h"
#include "stepconf/base/error.h"

namespace video {
namespace {

// The cascade still finds faces that lean 10 degrees or so; steps of 10 leave no gap up to
// about 30.
constexpr double kAnglesDegrees[] = {0, -10, 10, -20, 20};
constexpr double kScaleStep = 1.1;
constexpr int kMinNeighbours = 3;
// A face smaller than a fifth of the picture's height is not looked for: small windows are where
// false boxes come from.
constexpr int kSmallestShareOfHeight = 5;
constexpr double kSameFace = 0.3;
// Over all angles. In the example's clip the face gathers 15 windows or more and nothing else more
// than 4; in another clip three of five false boxes gather 8.
constexpr int kMinScore = 10;

// Searches the picture turned by `degrees` and gives upright boxes around the same centres in the
// picture as it is.
void search(cv::CascadeClassifier& cascade, const cv::Mat& grey, double degrees,
            std::vector<Face>& found) {
  const cv::Point2d middle(grey.cols / 2.0, grey.rows / 2.0);
  const cv::Matx23d turn = cv::getRotationMatrix2D(middle, degrees, 1);
  cv::Mat turned;
  cv::warpAffine(grey, turned, turn, grey.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  const int smallest = grey.rows / kSmallestShareOfHeight;
  std::vector<cv::Rect> boxes;
  std::vector<int> neighbours;
  cascade.detectMultiScale(turned, boxes, neighbours, kScaleStep, kMinNeighbours, 0,
                           {smallest, smallest});

  cv::Matx23d back;
  cv::invertAffineTransform(turn, back);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const cv::Rect& box = boxes[i];
    const cv::Vec2d centre = back * cv::Vec3d(box.x + box.width / 2.0, box.y + box.height / 2.0, 1);
    found.push_back({{cvRound(centre[0] - box.width / 2.0), cvRound(centre[1] - box.height / 2.0),
                      box.width, box.height},
                     neighbours[i]});
  }
}

void by_score(std::vector<Face>& faces) {
  std::stable_sort(faces.begin(), faces.end(),
                   [](const Face& a, const Face& b) { return a.score > b.score; });
}

// Takes the best box of each group of overlapping ones; the group's scores add up.
std::vector<Face> merged(std::vector<Face> found) {
  by_score(found);
  std::vector<Face> faces;
  for (const Face& candidate : found) {
    const auto same = std::find_if(faces.begin(), faces.end(), [&](const Face& face) {
      return overlap(face.box, candidate.box) >= kSameFace;
    });
    if (same == faces.end()) {
      faces.push_back(candidate);
    } else {
      same->score += candidate.score;
    }
  }
  std::erase_if(faces, [](const Face& face) { return face.score < kMinScore; });
  by_score(faces);
  return faces;
}

}  // namespace

struct FaceDetector::Cascade {
  cv::CascadeClassifier classifier;
};

FaceDetector::FaceDetector(const std::string& cascade) : cascade_(std::make_unique<Cascade>()) {
  if (!cascade_->classifier.load(cascade)) {
    throw stepconf::InvalidInput(cascade + ": cannot be loaded as a cascade of Haar features");
  }
}

FaceDetector::~FaceDetector() = default;

std::vector<Face> FaceDetector::find(const cv::Mat& picture) {
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  cv::equalizeHist(grey, grey);
  std::vector<Face> found;
  for (double degrees : kAnglesDegrees) search(cascade_->classifier, grey, degrees, found);
  std::vector<Face> faces = merged(std::move(found));
  const cv::Rect all({0, 0}, picture.size());
  for (Face& face : faces) face.box &= all;
  return faces;
}

stepconf::Json FaceDetector::handle(const stepconf::Json& event) {
  const std::string url = text_member(event, "frame");
  Json boxes = Json::array();
  for (const auto& [box, score] : find(read_picture(url))) {
    boxes.push_back({box.x, box.y, box.width, box.height, score});
  }
  return {{"frame", url}, {"boxes", std::move(boxes)}};
}

double overlap(const cv::Rect& a, const cv::Rect& b) {
  const double shared = (a & b).area();
  const double together = a.area() + b.area() - shared;
  return together > 0 ? shared / together : 0;
}

}  // namespace video
