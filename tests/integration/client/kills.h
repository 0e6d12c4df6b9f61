// A network that fails while samples are drawn.

#ifndef SCORESERVE_TESTS_INTEGRATION_CLIENT_KILLS_H_
#define SCORESERVE_TESTS_INTEGRATION_CLIENT_KILLS_H_

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"
#include "tests/support/tcp_proxy.h"

namespace scoreserve {

// Draws the same samples from "small_mlp" again and again; each time a proxy
// cuts the connection at a random byte of the stream, and once more later on.
// All results equal the one that was not cut, bit for bit.
class Kills {
 public:
  explicit Kills(uint64_t seed) : random_(seed) {}

  void Run(int times) {
    const std::vector<float> whole = Draw(*NewClient(server_));
    int64_t resumes = 0;
    for (int i = 0; i < times; ++i) {
      TcpProxy proxy(server_.port());
      const auto client =
          std::move(Client::New({.target = proxy.address()})).value();
      proxy.CutAfter(Bytes());
      const std::vector<float> samples = Draw(*client, [&] {
        ++resumes;
        if (proxy.cuts() == 1) proxy.CutAfter(Bytes());
      });
      EXPECT_EQ(samples, whole) << "kill " << i;
      EXPECT_GE(proxy.cuts(), 1) << "kill " << i;
    }
    EXPECT_GE(resumes, times / 2);  // Else the cuts came too late to matter.
  }

 private:
  static constexpr int64_t kSteps = 3000;

  // Where a stream is cut: a state of six rows takes about 400 bytes.
  int64_t Bytes() {
    return std::uniform_int_distribution<int64_t>(100, 4000)(random_);
  }

  std::vector<float> Draw(
      Client& client, const std::function<void()>& on_resume = [] {}) {
    const auto samples =
        client.Sample({.model = {"small_mlp"},
                       .sampler = "langevin",
                       .options = {{"step_size", 1e-3}, {"num_steps", kSteps}},
                       .rows = 6,
                       .seed = 7,
                       .state_interval = absl::Milliseconds(2),
                       .deterministic = true,
                       .require_exact = true},
                      {.on_resume = [&](const SampleResume&) { on_resume(); }});
    EXPECT_TRUE(samples.ok()) << samples.status();
    return samples.ok() ? samples->x : std::vector<float>();
  }

  std::mt19937_64 random_;
  ModelServer server_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_CLIENT_KILLS_H_
