#include "stepconf/wrapper/line_forwarder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

namespace stepconf::wrapper {
namespace {

std::string contents(int file) {
  std::string text(1 << 20, '\0');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return text;
}

class LineForwarderTest : public testing::Test {
 protected:
  LineForwarderTest() : target_(::memfd_create("log", 0)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    // More than is ever kept of one line.
    EXPECT_GE(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    writing_ = Descriptor(ends[1]);
    forwarder_ = std::make_unique<LineForwarder>(loop_, Descriptor(ends[0]), target_.get());
  }
  void write(const std::string& text) {
    EXPECT_EQ(::write(writing_.get(), text.data(), text.size()), std::ssize(text));
  }

  net::Loop loop_;
  Descriptor target_, writing_;
  std::unique_ptr<LineForwarder> forwarder_;
};

TEST_F(LineForwarderTest, KeepsLinesWholeHoweverManyComeAtOnce) {
  std::string text;
  for (int i = 0; i < 700; ++i) text += std::string(998, static_cast<char>('a' + i % 26)) + '\n';
  write(text);
  forwarder_->drain();
  EXPECT_TRUE(contents(target_.get()) == text);
}

TEST_F(LineForwarderTest, HoldsAnUnfinishedLineUntilTheJobChanges) {
  write("one\ntw");
  forwarder_->drain();
  EXPECT_EQ(contents(target_.get()), "one\n");
  write("o");
  forwarder_->drain();
  forwarder_->set_job(1);
  write("three\n");
  forwarder_->drain();
  EXPECT_EQ(contents(target_.get()), "one\ntwo\n[job 1] three\n");
}

}  // namespace
}  // namespace stepconf::wrapper
