// The device of plain tensor operations gives what the processor's own gives:
// on at::kCPU everywhere, on a CUDA device where there is one.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/networks/placement.h"
#include "models/samplers/constraint.h"
#include "tests/server/engine/fake_stream.h"
#include "tests/server/engine/loop_harness.h"
#include "tests/support/class_network.h"

namespace scoreserve {
namespace {

// Of values of order 1, after a few dozen steps.
constexpr float kRounding = 1e-4f;

std::vector<std::string> Devices() {
  std::vector<std::string> devices = {"cpu", "late"};
  if (FindDevice("device", "cuda:0").ok()) devices.push_back("cuda:0");
  return devices;
}

// "late" is a processor whose answers come late (fake_stream.h).
at::Device PlaceOf(const std::string& name) {
  return name == "late" ? at::Device(at::kCPU) : *FindDevice("device", name);
}

std::unique_ptr<Device> DeviceOf(const std::string& name) {
  static auto& counts = *new StreamCounts;
  if (name == "late")
    return NewTorchDevice(std::make_unique<FakeStream>(&counts));
  return NewTorchDevice(PlaceOf(name));
}

void ExpectNear(const std::vector<float>& got, const std::vector<float>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(got[i], want[i], kRounding) << i;
  }
}

template <typename... Request>
std::vector<SampleRequest> List(Request... request) {
  std::vector<SampleRequest> requests;
  (requests.push_back(std::move(request)), ...);
  return requests;
}

class TorchDeviceTest : public ::testing::TestWithParam<std::string> {
 protected:
  // Runs `requests` together on `model` and gives their samples, one after the
  // other; then a query's scores at `rows`.
  static std::vector<float> Run(
      std::unique_ptr<Device> device,
      const std::shared_ptr<const ModelSnapshot>& model,
      std::vector<SampleRequest> requests) {
    LoopHarness harness(std::move(device), /*depth=*/0);
    std::vector<std::unique_ptr<TestSampleSink>> sinks;
    for (SampleRequest& request : requests) {
      sinks.push_back(std::make_unique<TestSampleSink>());
      request.model = model;
      request.sink = sinks.back().get();
      EXPECT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
    }
    TestScoreSink query;
    const std::vector<float> x(3 * model->dim(), 0.5f);
    const double label = 0.5;
    EXPECT_TRUE(harness.loop()
                    .inbox()
                    .Offer(ScoreQuery{.model = model,
                                      .x = x,
                                      .labels = {&label, 1},
                                      .sink = &query,
                                      .ticket = {}})
                    .ok());
    harness.RunDry();
    EXPECT_TRUE(query.status().ok()) << query.status();
    std::vector<float> all = query.scores();
    for (const auto& sink : sinks) {
      EXPECT_TRUE(sink->status().ok()) << sink->status();
      all.insert(all.end(), sink->samples().begin(), sink->samples().end());
    }
    return all;
  }

  // The same on the processor and on the device under test.
  void ExpectTheProcessorsNumbers(
      const std::function<std::shared_ptr<const ModelSnapshot>(at::Device)>&
          model,
      const std::function<std::vector<SampleRequest>()>& requests) {
    ExpectNear(
        Run(DeviceOf(GetParam()), model(PlaceOf(GetParam())), requests()),
        Run(NewCpuDevice(1), model(at::kCPU), requests()));
  }
};

SampleRequest Ask(int64_t rows, uint64_t seed, std::vector<Phase> phases) {
  SamplerPlan plan = {.table = StepTable(std::move(phases)),
                      .companion_scale = 1.0};
  SampleRequest request;
  request.plan = std::make_shared<const SamplerPlan>(std::move(plan));
  request.rows = rows;
  request.seed = seed;
  return request;
}

std::vector<Phase> Langevin(int64_t steps) {
  return {{.cycle = {{.label = 0.5, .xs = 0.05, .xz = 0.3}}, .repeats = steps}};
}

std::vector<Phase> Underdamped(int64_t steps) {
  return {{.cycle = {{.label = 0.5,
                      .xy = 0.25,
                      .xs = 0.03,
                      .xz = 0.1,
                      .yy = 0.8,
                      .ys = 0.2,
                      .yz = 0.6}},
           .repeats = steps}};
}

std::vector<Phase> Corrector(int64_t steps) {
  return {{.cycle = {{.label = 0.5,
                      .kind = StepKind::kCorrector,
                      .parameter = 0.05}},
           .repeats = steps}};
}

std::shared_ptr<const ModelSnapshot> Gaussian(at::Device device) {
  return Snapshot(GaussianFiles(5, 1.0f, LabelKind::kNoiseLevel), 64, "model",
                  device);
}

std::shared_ptr<const ModelSnapshot> Mlp(at::Device device) {
  return Snapshot(MlpFiles(5), 64, "model", device);
}

// With constants beside its weights.
std::shared_ptr<const ModelSnapshot> Residual(at::Device device) {
  ModelFiles files;
  files.config.network = "residual_mlp";
  files.config.data.shape = {5};
  files.config.label = {LabelKind::kNoiseLevel, 0.01, 50.0};
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  return Snapshot(std::move(files), 64, "model", device);
}

TEST_P(TorchDeviceTest, SamplersOfAllKindsThatShareAPass) {
  const auto requests = [] {
    return List(Ask(3, 1, Langevin(20)), Ask(5, 2, Underdamped(11)),
                Ask(2, 3, Corrector(7)), Ask(4, 4, Langevin(3)));
  };
  ExpectTheProcessorsNumbers(Gaussian, requests);
  ExpectTheProcessorsNumbers(Residual, requests);
}

TEST_P(TorchDeviceTest, ANetworkWithoutALabel) {
  ExpectTheProcessorsNumbers(Mlp, [] { return List(Ask(3, 1, Langevin(20))); });
}

TEST_P(TorchDeviceTest, RowsThatSomethingIsKnownOf) {
  const float inf = std::numeric_limits<float>::infinity();
  const auto constraint = std::make_shared<const Constraint>(Constraint{
      .mask =
          Mask{.value = {1, 2, 0, 0, 0}, .deviation = {0, 0.1f, inf, inf, inf}},
      .box = {}});
  ExpectTheProcessorsNumbers(Gaussian, [&constraint] {
    SampleRequest masked = Ask(3, 1, Langevin(10));
    masked.constraint = constraint;
    return List(std::move(masked), Ask(4, 2, Underdamped(15)));
  });
}

// Langevin's proposals from the current point, which the companion holds.
TEST_P(TorchDeviceTest, MetropolisTests) {
  const double h = 0.2;
  const std::vector<Phase> mala = {{.cycle = {{.label = 0.5,
                                               .xs = h,
                                               .xz = std::sqrt(2.0 * h),
                                               .kind = StepKind::kMetropolis,
                                               .parameter = h}},
                                    .repeats = 25}};
  ExpectTheProcessorsNumbers(Gaussian, [&mala] {
    return List(Ask(6, 1, mala), Ask(4, 2, Langevin(9)));
  });
}

// More rows than the pass has room for, of many lengths: rows enter, leave, are
// parked and close up all the time.
TEST_P(TorchDeviceTest, RowsThatComeAndGo) {
  const auto requests = [] {
    std::vector<SampleRequest> requests;
    for (int64_t i = 0; i < 24; ++i) {
      requests.push_back(Ask(
          1 + i * 7 % 16, static_cast<uint64_t>(i),
          i % 3 == 0 ? Underdamped(20 + i % 7) : Langevin(70 + 11 * (i % 5))));
    }
    return requests;
  };
  ExpectTheProcessorsNumbers(Gaussian, requests);
}

TEST_P(TorchDeviceTest, ClassesAndGuidance) {
  const auto requests = [] {
    SampleRequest guided = Ask(4, 1, Langevin(10));
    guided.condition = {0, 1, kNoCondition, 1};
    guided.guidance = {2.0f, 0.5f, 1.0f, 0.0f};
    return List(std::move(guided), Ask(3, 2, Langevin(12)));
  };
  ExpectTheProcessorsNumbers([](at::Device) { return ClassSnapshot(5, 2); },
                             requests);
}

TEST_P(TorchDeviceTest, ANetworkThatThrowsEndsItsPassAlone) {
  const at::Device device = PlaceOf(GetParam());
  // Its weights do not fit its rows.
  auto broken = Snapshot(MlpFiles(5), 64, "broken", device);
  broken->network->Weights()[0].second.set_data(
      broken->network->Weights()[1].second);
  LoopHarness harness(DeviceOf(GetParam()), /*depth=*/0);
  const auto bad = harness.Query(broken, 2);
  const auto good = harness.Query(Mlp(device), 2);
  harness.RunDry();
  EXPECT_EQ(bad->status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(good->status().ok());
}

INSTANTIATE_TEST_SUITE_P(Devices, TorchDeviceTest,
                         ::testing::ValuesIn(Devices()),
                         [](const auto& device) {
                           return device.param.substr(0,
                                                      device.param.find(':'));
                         });

TEST(FindDeviceTest, KnowsTheProcessorAndRefusesWhatIsNotThere) {
  EXPECT_EQ(*FindDevice("--devices", "cpu"), at::Device(at::kCPU));
  EXPECT_EQ(FindDevice("--devices", "gpu").status().message(),
            "--devices must be cpu or cuda:0, cuda:1, …; was 'gpu'");
  for (const char* name : {"", "cuda", "cuda:", "cuda:x", "cuda:-1", "cpu:0"}) {
    EXPECT_FALSE(FindDevice("--devices", name).ok()) << name;
  }
  const auto missing = FindDevice("--devices", "cuda:99").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(missing.message()),
              ::testing::HasSubstr("there is no device 'cuda:99'"));
}

}  // namespace
}  // namespace scoreserve
