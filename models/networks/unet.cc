#include "models/networks/unet.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/cat.h"
#include "ATen/ops/silu.h"
#include "ATen/ops/upsample_nearest2d.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/networks/convolution.h"
#include "models/networks/linear.h"
#include "models/networks/preconditioning.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using NamedWeights = std::vector<std::pair<std::string, at::Tensor>>;

// Hands out the numbers that layers draw their weights under.
struct Draws {
  uint64_t seed = 0;
  uint32_t layer = 0;

  Convolution Conv(int64_t in, int64_t out) {
    return Convolution::Uniform(in, out, seed, layer++);
  }
};

struct Block {
  Block(int64_t channels, Draws& draws)
      : norm(channels),
        first(draws.Conv(channels, channels)),
        e(UniformLinear(NoiseEmbedding::kWidth, channels, draws.seed,
                        draws.layer++)),
        second(Convolution::Zero(channels, channels)) {}

  at::Tensor Forward(const at::Tensor& h, const at::Tensor& noise,
                     Workspace& workspace) const {
    const at::Tensor shift = workspace.Linear(noise, e.weight, e.bias);
    const at::Tensor a =
        first.Forward(norm.Forward(h)).add(shift.unsqueeze(-1).unsqueeze(-1));
    return h.add(second.Forward(at::silu(a)));
  }

  void AddWeights(const std::string& name, NamedWeights& weights) const {
    norm.AddWeights(name + ".norm", weights);
    first.AddWeights(name + ".first", weights);
    weights.emplace_back(name + ".e.weight", e.weight);
    weights.emplace_back(name + ".e.bias", e.bias);
    second.AddWeights(name + ".second", weights);
  }

  GroupNorm norm;
  Convolution first;
  LinearWeights e;  // [channels, NoiseEmbedding::kWidth]
  Convolution second;
};

using Blocks = std::vector<Block>;

Blocks NewBlocks(int64_t count, int64_t channels, Draws& draws) {
  Blocks blocks;
  for (int64_t i = 0; i < count; ++i) blocks.emplace_back(channels, draws);
  return blocks;
}

struct ImageShape {
  int64_t channels, height, width;
};

class Unet final : public ScoreNetwork {
 public:
  Unet(const ImageShape& image, int64_t classes, const UnetOptions& options,
       Preconditioning preconditioning, uint64_t seed)
      : Unet(image, classes, options, std::move(preconditioning),
             Draws{.seed = seed, .layer = 2}) {}

  int64_t dim() const override {
    return image_.channels * image_.height * image_.width;
  }
  LabelKind label_kind() const override {
    return preconditioning_.label_kind();
  }
  int64_t classes() const override { return classes_; }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    const NoiseScales scales = preconditioning_.At(input.label);
    const at::Tensor e =
        embedding_.At(scales.noise, input.condition, workspace);
    const at::Tensor scaled = workspace.Divide(input.x, scales.divisor);

    const auto through = [&](const Blocks& blocks, at::Tensor h) {
      for (const Block& block : blocks) h = block.Forward(h, e, workspace);
      return h;
    };
    const at::Tensor skip = through(
        before_, first_.Forward(scaled.view({input.x.size(0), image_.channels,
                                             image_.height, image_.width})));
    const at::Tensor low =
        through(below_, down_.Forward(at::silu(skip), /*stride=*/2));
    const at::Tensor high =
        up_.Forward(at::upsample_nearest2d(low, {image_.height, image_.width}));
    const at::Tensor h =
        through(after_, both_.Forward(at::silu(at::cat({skip, high}, 1))));
    const at::Tensor f = last_.Forward(at::silu(norm_.Forward(h)));
    return Preconditioning::Score(f.reshape({f.size(0), dim()}), scaled,
                                  scales);
  }

  std::vector<at::Tensor> Constants() const override {
    return embedding_.Constants();
  }
  NamedWeights Weights() const override {
    NamedWeights weights;
    embedding_.AddWeights(weights);
    const auto add = [&weights](const std::string& name, const Blocks& blocks) {
      for (size_t i = 0; i < blocks.size(); ++i) {
        blocks[i].AddWeights(absl::StrCat(name, ".", i), weights);
      }
    };
    first_.AddWeights("first", weights);
    add("before", before_);
    down_.AddWeights("down", weights);
    add("below", below_);
    up_.AddWeights("up", weights);
    both_.AddWeights("both", weights);
    add("after", after_);
    norm_.AddWeights("norm", weights);
    last_.AddWeights("last", weights);
    embedding_.AddClassWeights(weights);
    return weights;
  }

 private:
  // Members are declared, and so drawn, in this order.
  Unet(const ImageShape& image, int64_t classes, const UnetOptions& options,
       Preconditioning preconditioning, Draws draws)
      : image_(image),
        classes_(classes),
        preconditioning_(std::move(preconditioning)),
        embedding_(classes, draws.seed, /*layer=*/0, /*class_layer=*/1),
        first_(draws.Conv(image.channels, options.channels)),
        before_(NewBlocks(options.blocks, options.channels, draws)),
        down_(draws.Conv(options.channels, 2 * options.channels)),
        below_(NewBlocks(options.blocks, 2 * options.channels, draws)),
        up_(draws.Conv(2 * options.channels, options.channels)),
        both_(draws.Conv(2 * options.channels, options.channels)),
        after_(NewBlocks(options.blocks, options.channels, draws)),
        norm_(options.channels),
        last_(Convolution::Zero(options.channels, image.channels)) {}

  ImageShape image_;
  int64_t classes_;
  Preconditioning preconditioning_;
  NoiseEmbedding embedding_;
  Convolution first_;
  Blocks before_;
  Convolution down_;
  Blocks below_;
  Convolution up_, both_;
  Blocks after_;
  GroupNorm norm_;
  Convolution last_;
};

absl::StatusOr<ImageShape> ImageShapeOf(const std::vector<int64_t>& shape) {
  const size_t n = shape.size();
  if ((n != 2 && n != 3) || shape[n - 2] % 2 != 0 || shape[n - 1] % 2 != 0) {
    return InvalidField(
        "data.shape",
        "[height, width] or [channels, height, width], height and width even, "
        "for network 'unet'",
        absl::StrCat("[", absl::StrJoin(shape, ", "), "]"));
  }
  return ImageShape{.channels = n == 3 ? shape[0] : 1,
                    .height = shape[n - 2],
                    .width = shape[n - 1]};
}

const OptionTable<UnetOptions>& Options() {
  using O = UnetOptions;
  static const auto& table = *new OptionTable<O>({
      {"channels", &O::channels, Between(1, 1024),
       "Channels at the image's resolution; twice as many at half of it."},
      {"blocks", &O::blocks, Between(1, 16),
       "Residual blocks at each of three places."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<UnetOptions> options = Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  const absl::StatusOr<ImageShape> image = ImageShapeOf(config.data.shape);
  if (!image.ok()) return image.status();
  absl::StatusOr<Preconditioning> preconditioning =
      Preconditioning::New(config, "unet");
  if (!preconditioning.ok()) return preconditioning.status();
  return std::make_unique<Unet>(*image, config.classes, *options,
                                *std::move(preconditioning), seed);
}

}  // namespace

NetworkKind UnetNetwork() {
  return {.name = "unet",
          .help =
              "Small U-Net of images, of the noise level or time and of a "
              "class, with EDM preconditioning.",
          .options = Options().Describe(),
          .usual_label = {LabelKind::kNoiseLevel, 0.01, 50.0},
          .create = New};
}

}  // namespace scoreserve
