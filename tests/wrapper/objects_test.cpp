// Batches whose events and results travel as objects; files here, S3 in tests/aws.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "stepconf/base/file.h"
#include "stepconf/base/json.h"
#include "stepconf/objects/object_url.h"
#include "tests/wrapper/fake_lambda.h"

namespace stepconf::wrapper {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

class Objects : public testing::Test {
 protected:
  Objects() {
    std::string pattern = (std::filesystem::temp_directory_path() / "objects-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Objects() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  std::string url(const std::string& name) const { return objects::file_url(path(name)); }
  std::string put(const std::string& name, const std::string& content) const {
    write_file(path(name), content);
    return url(name);
  }
  static Json content_of(const Json& of) {
    return Json::parse(
        read_file(std::get<std::filesystem::path>(objects::locate(of.get<std::string>()))));
  }

  // A wrapper that may use files, as under the local platform.
  static Variables local(Variables more = {}) {
    more.emplace_back("STEPCONF_SANDBOX", "test");
    return more;
  }

 private:
  std::filesystem::path folder_;
};

std::string batch(Json options, const Json& jobs) {
  options["processes"] = options.value("processes", 2);
  return Json{{"stepconf", options}, {"jobs", jobs}}.dump();
}

Json results(const Reply& reply) {
  EXPECT_TRUE(reply.ok) << reply.body;
  return Json::parse(reply.body);
}

const std::vector<std::string> kRuntime{program("wrapper_test_runtime")};

TEST_F(Objects, HoldTheJobsOfABatch) {
  FakeLambda lambda(kRuntime, local());
  const Json jobs{{"object", put("jobs.json", R"( [{"a": 1}, "two", 3.50] )")}};
  EXPECT_EQ(results(lambda.invoke(batch(Json::object(), jobs))),
            Json::parse(R"([{"a": 1}, "two", 3.5])"));
  const Json boxed{{"object", put("boxed.json", R"([{"job": 1}])")}};
  EXPECT_EQ(results(lambda.invoke(batch({{"boxed", true}}, boxed))), Json({1}));
}

TEST_F(Objects, HoldTheEventOfEachJob) {
  FakeLambda lambda(kRuntime, local());
  Json jobs, expected;
  for (int i = 0; i < 100; ++i) {
    jobs.push_back(put(std::to_string(i), Json{{"frame", i}}.dump()));
    expected.push_back({{"frame", i}});
  }
  EXPECT_EQ(results(lambda.invoke(batch({{"input", "objects"}}, jobs))), expected);
}

TEST_F(Objects, AreTheItemsOfAnIteration) {
  FakeLambda lambda(kRuntime, local());
  const Json state{
      {"Map", {{"ItemSelector", {{"n.$", "$$.Map.Item.Index"}, {"v.$", "$$.Map.Item.Value"}}}}}};
  EXPECT_EQ(
      results(lambda.invoke(batch({{"input", "objects"}, {"state", state}}, {put("x", "7")}))),
      Json::parse(R"([{"n": 0, "v": 7}])"));
}

TEST_F(Objects, KeepNoJobWaitingForAnothersInput) {
  FakeLambda lambda(kRuntime, local());
  // The first input does not come before the second job has run.
  ::mkfifo(path("slow").c_str(), 0600);
  ::mkfifo(path("running").c_str(), 0600);
  const Json event{{"do", "release"}, {"path", path("running").string()}};
  lambda.send(batch({{"input", "objects"}}, {url("slow"), put("quick", event.dump())}));
  std::ifstream(path("running")).get();
  std::ofstream(path("slow")) << "1";
  EXPECT_EQ(results(lambda.answer()), Json::parse("[1, " + event.dump() + "]"));
}

TEST_F(Objects, TakeTheResultOfEachJob) {
  FakeLambda lambda(kRuntime, local());
  const Json options{{"output", "objects"}, {"objects", url("results")}, {"batch", 2}, {"size", 2}};
  const Json urls = results(lambda.invoke(batch(options, {"a", {{"b", 1}}})));
  ASSERT_EQ(urls.size(), 2u);
  EXPECT_TRUE(urls[0].get<std::string>().starts_with(url("results") + "/")) << urls;
  EXPECT_TRUE(urls[0].get<std::string>().ends_with("/4.json")) << urls;
  EXPECT_EQ(content_of(urls[0]), "a");
  EXPECT_EQ(content_of(urls[1]), Json({{"b", 1}}));
}

TEST_F(Objects, TakeResultsThatAreLongerThanTheLimit) {
  FakeLambda lambda(kRuntime, local({{"STEPCONF_OBJECTS", url("place/")}}));
  const Json short_one = results(lambda.invoke(batch({{"limit", 14}}, {"12345678", 1})));
  EXPECT_EQ(short_one, Json({"12345678", 1}));
  const Json long_one = results(lambda.invoke(batch({{"limit", 14}}, {"123456789", 1})));
  EXPECT_EQ(long_one.at("stepconf").at("bytes"), 15);
  const Json where = long_one.at("stepconf").at("object");
  EXPECT_TRUE(where.get<std::string>().starts_with(url("place/"))) << where;
  EXPECT_EQ(content_of(where), Json({"123456789", 1}));
}

TEST_F(Objects, CarryMoreThanAnAnswerMay) {
  const std::string large(7 << 20, 'x');
  FakeLambda lambda(kRuntime, local({{"STEPCONF_OBJECTS", url("place")}}));
  const Json answer =
      results(lambda.invoke(batch({{"input", "objects"}}, {put("in", Json(large).dump())})));
  EXPECT_EQ(content_of(answer.at("stepconf").at("object")), Json({large}));
}

TEST_F(Objects, FailTheirOwnJobOnlyWhereTheyAreMissing) {
  FakeLambda lambda(kRuntime, local());
  const Json options{{"input", "objects"}, {"errors", "collect"}};
  const Json all = results(lambda.invoke(
      batch(options, {url("nobody"), put("good", "1"), put("bad", "{"), 5, "http://elsewhere/x"})));
  const auto message = [&all](std::size_t i) {
    EXPECT_EQ(all[i]["error"]["errorType"], "StepConf.ObjectUnavailable");
    return all[i]["error"]["errorMessage"].get<std::string>();
  };
  EXPECT_TRUE(message(0).starts_with(url("nobody") + ": ")) << message(0);
  EXPECT_NE(message(0).find("No such file"), std::string::npos);
  EXPECT_EQ(all[1], Json({{"result", 1}}));
  EXPECT_NE(message(2).find("no JSON"), std::string::npos);
  EXPECT_NE(message(3).find("must be the URL"), std::string::npos);
  EXPECT_NE(message(4).find("must be"), std::string::npos);
}

TEST_F(Objects, FailTheBatchWhereTheyHoldItsJobs) {
  FakeLambda lambda(kRuntime, local());
  const Reply missing = lambda.invoke(batch(Json::object(), {{"object", url("nobody")}}));
  EXPECT_EQ(missing.error_type, "StepConf.ObjectUnavailable");
  EXPECT_NE(missing.body.find(url("nobody")), std::string::npos);
  EXPECT_EQ(lambda.invoke(batch(Json::object(), {{"object", put("x", "{}")}})).error_type,
            "StepConf.InvalidBatch");
  EXPECT_EQ(lambda.invoke(batch(Json::object(), {{"object", put("x", "[1")}})).error_type,
            "StepConf.InvalidBatch");
  EXPECT_EQ(results(lambda.invoke(batch(Json::object(), {1}))), Json({1}))
      << "the next event is served";
}

TEST_F(Objects, FailAJobWhoseResultCannotBeWritten) {
  FakeLambda lambda(kRuntime, local());
  const Json options{
      {"output", "objects"}, {"errors", "collect"}, {"objects", put("file", "") + "/x"}};
  const Json all = results(lambda.invoke(batch(options, {1})));
  EXPECT_EQ(all[0]["error"]["errorType"], "StepConf.ObjectUnavailable");
}

TEST_F(Objects, MustHaveAPlaceForResults) {
  FakeLambda lambda(kRuntime, local());
  const Reply reply = lambda.invoke(batch({{"output", "objects"}}, {1}));
  EXPECT_EQ(reply.error_type, "StepConf.InvalidBatch");
  EXPECT_NE(reply.body.find("STEPCONF_OBJECTS"), std::string::npos);
}

TEST_F(Objects, AreNoFilesOutsideOfLocalRuns) {
  FakeLambda lambda(kRuntime);
  const Reply reply = lambda.invoke(batch(Json::object(), {{"object", put("jobs", "[1]")}}));
  EXPECT_EQ(reply.error_type, "StepConf.ObjectUnavailable");
  EXPECT_NE(reply.body.find("files are for local runs"), std::string::npos);
}

TEST_F(Objects, ThatDoNotComeInTimeAreReportedAtTheDeadline) {
  FakeLambda lambda(kRuntime, local());
  lambda.limit(Seconds{0.5});
  ::mkfifo(path("never").c_str(), 0600);
  // Lets the thread that reads it go when the test is over.
  const Descriptor writer(::open(path("never").c_str(), O_RDWR | O_CLOEXEC));
  const Json options{{"input", "objects"}, {"errors", "collect"}};
  const Json all = results(lambda.invoke(batch(options, {url("never"), put("good", "1")})));
  EXPECT_EQ(all[0]["error"]["errorType"], "Sandbox.Timedout");
  EXPECT_EQ(all[1], Json({{"result", 1}}));
  const Reply jobs = lambda.invoke(batch(Json::object(), {{"object", url("never")}}));
  EXPECT_EQ(jobs.error_type, "StepConf.ObjectUnavailable");
  // Nor do they keep the wrapper from ending.
  lambda.disappear();
  EXPECT_EQ(lambda.process().wait().how, "");
}

}  // namespace
}  // namespace stepconf::wrapper
