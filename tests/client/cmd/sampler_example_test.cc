#include "client/cmd/sampler_example.h"

#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

const SamplerInfo kWalk = {
    .name = "walk",
    .help = "Walks.",
    .examples = {{.model = "plane",
                  .options = {{"step_size", 0.00025},
                              {"denoise", true},
                              {"grid", std::string("karras")},
                              {"num_steps", int64_t{25}}}},
                 {.model = "space"}}};
const SamplerInfo kFly = {.name = "fly", .help = "Flies."};

TEST(SamplerExampleTest, IsACommandLineForTheFirstModel) {
  EXPECT_EQ(ExampleCommand(kWalk),
            "scorectl sample --model plane --sampler walk --set denoise=true "
            "--set grid=karras --set num_steps=25 --set step_size=0.00025");
  EXPECT_EQ(ExampleCommand(kFly), "");
}

TEST(SamplerExampleTest, EverySamplerHasItsLines) {
  EXPECT_EQ(ExampleLines({kFly, kWalk}),
            "  fly: Flies.\n"
            "    (no served model suits it)\n"
            "  walk: Walks.\n"
            "    " +
                ExampleCommand(kWalk) + "\n");
}

TEST(SamplerExampleTest, HelpNeedsNoServer) {
  EXPECT_THAT(SampleHelp({.server = "127.0.0.1:1", .timeout_seconds = {}}),
              testing::HasSubstr("No server at 127.0.0.1:1"));
}

}  // namespace
}  // namespace scoreserve::ctl
