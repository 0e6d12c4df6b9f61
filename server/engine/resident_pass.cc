#include "server/engine/resident_pass.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>

#include "ATen/ops/zeros.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/guidance.h"
#include "models/samplers/advance.h"
#include "server/engine/evaluate.h"

namespace scoreserve {
namespace {

// Fewer rows than these replay the graph of as many.
constexpr int64_t kSmallestBucket = 8;

// The next smaller of … 32, 24, 16, 12, 8: a pass evaluates at most half as
// many rows again as it has. 0 where there is none.
int64_t BucketBelow(int64_t rows) {
  int64_t power = kSmallestBucket;
  if (rows <= power) return 0;
  while (2 * power < rows) power *= 2;
  return power + power / 2 < rows ? power + power / 2 : power;
}

at::Tensor First(const at::Tensor& plane, int64_t rows) {
  return plane.defined() ? plane.narrow(0, 0, rows) : plane;
}

// Within one plane; the places may overlap.
void Move(const at::Tensor& plane, int64_t from, int64_t to, int64_t count) {
  if (!plane.defined()) return;
  at::Tensor rows = plane.narrow(0, from, count);
  if (to + count > from) rows = rows.clone();
  plane.narrow(0, to, count).copy_(rows);
}

}  // namespace

ResidentPass::ResidentPass(std::shared_ptr<Stream> stream,
                           const ScoreNetwork* network, int64_t max_rows,
                           bool energies)
    : Pass(network, max_rows, energies),
      stream_(std::move(stream)),
      done_(stream_->NewEvent()),
      next_bucket_(energies ? 0 : max_rows) {
  x = stream_->HostMemory(x.sizes(), at::kFloat);
  label = stream_->HostMemory({max_rows}, at::kDouble);
}

absl::Status ResidentPass::Begin() {
  absl::Status status;
  flagged_ = false;
  try {
    OnStream([&] {
      status = Run();
      done_->Record();
    });
  } catch (const std::exception& error) {
    status = PassFailed(rows, error);
  }
  return status;
}

absl::Status ResidentPass::Finish() {
  try {
    done_->Wait();
  } catch (const std::exception& error) {
    return PassFailed(rows, error);
  }
  return absl::OkStatus();
}

void ResidentPass::OnStream(absl::FunctionRef<void()> work) {
  const c10::InferenceMode inference;
  stream_->Do(work);
}

absl::Status ResidentPass::Run() {
  Allocate();
  Upload();
  Copy(label, device_label_, 0, rows + padding);
  const absl::StatusOr<ScoreAndEnergy> both = Forward();
  if (!both.ok()) return both.status();
  const auto live = static_cast<int64_t>(steps.size());
  const bool here = StepsHere();
  const int64_t read_from = observed || here ? 0 : live;
  if (read_from < rows) Download(*both, read_from);
  if (here) {
    StepHere();
  } else if (live > 0) {
    Step(both->score);
  }
  return absl::OkStatus();
}

void ResidentPass::Allocate() {
  const int64_t most = x.size(0);
  const at::TensorOptions there = at::TensorOptions(stream_->device());
  if (!device_x_.defined()) {
    device_x_ = at::zeros(x.sizes(), there.dtype(at::kFloat));
    device_label_ = at::zeros({most}, there.dtype(at::kDouble));
    device_finite_ = at::zeros({most}, there.dtype(at::kByte));
    host_finite_ = stream_->HostMemory({most}, at::kByte);
    const auto bytes = static_cast<int64_t>(most * sizeof(RowStep));
    device_steps_ = at::zeros({bytes}, there.dtype(at::kByte));
    host_steps_ = stream_->HostMemory({bytes}, at::kByte);
    if (condition.defined()) {
      device_condition_ = at::zeros({most}, there.dtype(at::kLong));
      host_condition_ = stream_->HostMemory({most}, at::kLong);
    }
  }
  if (y.defined() && !device_y_.defined()) {
    device_y_ = at::zeros(x.sizes(), there.dtype(at::kFloat));
  }
}

void ResidentPass::Upload() {
  for (const auto& [first, count] : written_) {
    Copy(x, device_x_, first, count);
    if (y.defined()) Copy(y, device_y_, first, count);
  }
  written_.clear();
}

void ResidentPass::Copy(const at::Tensor& from, const at::Tensor& to,
                        int64_t first, int64_t rows) {
  stream_->Copy(from.narrow(0, first, rows), to.narrow(0, first, rows));
}

void ResidentPass::UploadNow() {
  if (written_.empty()) return;
  Allocate();
  Upload();
  done_->Record();
  done_->Wait();
}

ScoreInput ResidentPass::DeviceInput(int64_t rows) const {
  return {.x = First(device_x_, rows),
          .label = First(device_label_, rows),
          .condition = First(device_condition_, rows)};
}

absl::StatusOr<ScoreAndEnergy> ResidentPass::Forward() {
  const int64_t evaluated = rows + padding;
  const Bucket* bucket = FindBucket(evaluated);
  if (bucket != nullptr && UploadConditions(evaluated)) {
    bucket->graph->Replay();
    return ScoreAndEnergy{.score = First(bucket->score, evaluated)};
  }
  ScoreInput input = DeviceInput(evaluated);
  // GuidedScore() looks at these first.
  input.condition = First(condition, evaluated);
  input.guidance = First(guidance, evaluated);
  return Evaluate(*this, input, [this] { stream_->GiveBack(); });
}

const ResidentPass::Bucket* ResidentPass::FindBucket(int64_t rows) const {
  const auto found = buckets_.lower_bound(rows);
  return found == buckets_.end() ? nullptr : &found->second;
}

bool ResidentPass::UploadConditions(int64_t rows) {
  if (!condition.defined()) return true;
  const auto* given = condition.const_data_ptr<int64_t>();
  const auto* weight = guidance.const_data_ptr<float>();
  auto* applied = host_condition_.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < rows; ++i) {
    if (EvaluationsOf(given[i], weight[i]) != 1) return false;
    applied[i] = weight[i] == 0.0f ? kNoCondition : given[i];
  }
  Copy(host_condition_, device_condition_, 0, rows);
  return true;
}

void ResidentPass::Download(const ScoreAndEnergy& both, int64_t first) {
  if (!host_score_.defined()) {
    host_score_ = stream_->HostMemory(x.sizes(), at::kFloat);
    if (energies) host_energy_ = stream_->HostMemory({x.size(0)}, at::kDouble);
  }
  Copy(both.score, host_score_, first, rows - first);
  if (energies) Copy(both.energy, host_energy_, first, rows - first);
  score = host_score_;
  energy = host_energy_;
}

bool ResidentPass::StepsHere() const {
  // A Metropolis test and what is known of a row are a few numbers of few
  // rows: the processor's work.
  return !constrained.empty() ||
         std::any_of(steps.begin(), steps.end(), [](const RowStep& step) {
           return step.kind == StepKind::kMetropolis;
         });
}

void ResidentPass::Step(const at::Tensor& scores) {
  const auto live = static_cast<int64_t>(steps.size());
  stream_->Advance({.steps = steps,
                    .device_steps = device_steps_,
                    .host_steps = host_steps_,
                    .score = scores,
                    .x = device_x_,
                    .y = device_y_,
                    .finite = device_finite_});
  Copy(device_finite_, host_finite_, 0, live);
  current_ = false;
  flagged_ = true;
}

void ResidentPass::StepHere() {
  Fetch();
  done_->Record();
  done_->Wait();
  StepRows();
  Put(0, static_cast<int64_t>(steps.size()));
  Upload();
}

std::optional<int64_t> ResidentPass::FirstDiverged(int64_t row, int64_t rows) {
  if (!flagged_) return Pass::FirstDiverged(row, rows);
  const auto* finite = host_finite_.const_data_ptr<uint8_t>() + row;
  const auto* bad = std::find(finite, finite + rows, uint8_t{0});
  if (bad == finite + rows) return std::nullopt;
  return bad - finite;
}

void ResidentPass::Fetch() {
  if (current_) return;
  OnStream([this] {
    UploadNow();
    const auto live = static_cast<int64_t>(steps.size());
    Copy(device_x_, x, 0, live);
    if (device_y_.defined()) Copy(device_y_, y, 0, live);
    done_->Record();
    done_->Wait();
  });
  current_ = true;
}

void ResidentPass::Put(int64_t row, int64_t rows) {
  if (!written_.empty()) {
    auto& [first, count] = written_.back();
    if (first == row && count == rows) return;  // x, and then y.
    if (first + count == row) {
      count += rows;
      return;
    }
  }
  written_.emplace_back(row, rows);
}

void ResidentPass::MovePoints(int64_t from, int64_t to, int64_t count) {
  OnStream([&] {
    UploadNow();
    if (!device_x_.defined()) return;
    Move(device_x_, from, to, count);
    Move(device_y_, from, to, count);
  });
  if (current_) Pass::MovePoints(from, to, count);
}

bool ResidentPass::CaptureNext() {
  if (next_bucket_ == 0) return false;
  const int64_t size = std::exchange(next_bucket_, BucketBelow(next_bucket_));
  Bucket& bucket = buckets_[size];
  try {
    const auto forward = [this, size, &bucket] {
      const c10::InferenceMode inference;
      capture_workspace_.Begin();
      bucket.score = network->Score(DeviceInput(size), capture_workspace_);
    };
    OnStream([&] {
      Allocate();
      for (int i = 0; i < 2; ++i) forward();
    });
    bucket.graph = stream_->Capture(forward);
  } catch (const std::exception&) {
    // Such a network is evaluated one operation after the other.
  }
  if (bucket.graph != nullptr) return true;
  buckets_.erase(size);
  next_bucket_ = 0;
  return false;
}

std::vector<int64_t> ResidentPass::captured() const {
  std::vector<int64_t> sizes;
  for (const auto& [size, bucket] : buckets_) sizes.push_back(size);
  return sizes;
}

}  // namespace scoreserve
