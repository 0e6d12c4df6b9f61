// A stream over the processor's memory that keeps what an accelerator would
// make visible late, late: what is copied from its device arrives with the next
// event that is waited for. It counts what travels and what lives.

#ifndef SCORESERVE_TESTS_SERVER_ENGINE_FAKE_STREAM_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_FAKE_STREAM_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "c10/core/InferenceMode.h"
#include "server/engine/stream.h"

namespace scoreserve {

struct StreamCounts {
  int64_t values_in = 0, values_out = 0;  // To the device; from it.
  int64_t graphs = 0;                     // Alive now.
  int64_t captures = 0, replays = 0;
  int64_t given_back = 0;
};

class FakeStream final : public Stream {
 public:
  explicit FakeStream(StreamCounts* counts, bool captures = true)
      : counts_(counts), captures_(captures) {}

  at::Device device() const override { return at::kCPU; }
  bool runs_ahead() const override { return true; }
  void Do(absl::FunctionRef<void()> work) override { work(); }

  at::Tensor HostMemory(at::IntArrayRef sizes, at::ScalarType type) override {
    at::Tensor memory = plain_->HostMemory(sizes, type);
    host_.push_back(memory);
    return memory;
  }

  void Copy(const at::Tensor& from, const at::Tensor& to) override {
    if (!OnHost(to)) {
      counts_->values_in += from.numel();
      to.copy_(from);
      return;
    }
    counts_->values_out += from.numel();
    // As it is at this point of the stream.
    late_->copies.push_back({++late_->asked, from.clone(), to});
  }

  std::unique_ptr<StreamEvent> NewEvent() override {
    return std::make_unique<Event>(late_);
  }

  void Advance(const StreamRows& rows) override { plain_->Advance(rows); }

  std::unique_ptr<StreamGraph> Capture(std::function<void()> work) override {
    if (!captures_) return nullptr;
    ++counts_->captures;
    return std::make_unique<Graph>(counts_, std::move(work));
  }

  void GiveBack() override { ++counts_->given_back; }

 private:
  struct LateCopy {
    int64_t number;
    at::Tensor from, to;
  };
  struct LateCopies {
    int64_t asked = 0;
    std::deque<LateCopy> copies;
  };

  class Event final : public StreamEvent {
   public:
    explicit Event(std::shared_ptr<LateCopies> late) : late_(std::move(late)) {}
    void Record() override { recorded_ = late_->asked; }
    void Wait() override {
      const c10::InferenceMode inference;
      std::deque<LateCopy>& copies = late_->copies;
      while (!copies.empty() && copies.front().number <= recorded_) {
        copies.front().to.copy_(copies.front().from);
        copies.pop_front();
      }
    }

   private:
    const std::shared_ptr<LateCopies> late_;
    int64_t recorded_ = 0;
  };

  class Graph final : public StreamGraph {
   public:
    Graph(StreamCounts* counts, std::function<void()> work)
        : counts_(counts), work_(std::move(work)) {
      ++counts_->graphs;
    }
    ~Graph() override { --counts_->graphs; }
    void Replay() override {
      ++counts_->replays;
      work_();
    }

   private:
    StreamCounts* const counts_;
    const std::function<void()> work_;
  };

  bool OnHost(const at::Tensor& plane) const {
    for (const at::Tensor& memory : host_) {
      if (memory.storage().is_alias_of(plane.storage())) return true;
    }
    return false;
  }

  StreamCounts* const counts_;
  const bool captures_;
  const std::unique_ptr<Stream> plain_ = NewPlainStream(at::kCPU);
  const std::shared_ptr<LateCopies> late_ = std::make_shared<LateCopies>();
  std::vector<at::Tensor> host_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_FAKE_STREAM_H_
