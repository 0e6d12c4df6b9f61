// What samplers can be asked for, as pictures of digits: the same seeds through
// four samplers, a digit of which the upper half is known, and one class a
// column.
//
//   sampler_pictures HOST:PORT IMAGES.csv FOLDER

#include <scoreserve/client.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/io/rows.h"
#include "models/plots/contact_sheet.h"

namespace {

using scoreserve::Client;
using scoreserve::ContactSheet;
using scoreserve::ImageGroup;
using scoreserve::Rows;

template <typename T>
T OrDie(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::cerr << "sampler_pictures: " << result.status().message() << "\n";
    std::exit(1);
  }
  return *std::move(result);
}

void Write(const ContactSheet& sheet, const std::string& path) {
  const absl::Status written = scoreserve::WritePng(sheet, path);
  if (!written.ok()) {
    std::cerr << "sampler_pictures: " << written.message() << "\n";
    std::exit(1);
  }
}

ContactSheet SheetOf(const scoreserve::ModelInfo& model, int64_t columns) {
  ContactSheet sheet;
  sheet.image_shape = model.data.shape;
  sheet.min = model.data.min.value_or(0.0);
  sheet.max = model.data.max.value_or(1.0);
  sheet.columns = columns;
  return sheet;
}

Rows Draw(Client& client, const scoreserve::SampleQuery& query) {
  scoreserve::Samples samples = OrDie(client.Sample(query));
  return {.dim = samples.dim, .values = std::move(samples.x)};
}

// One line a sampler; a column is one seed, that is one start.
void PictureSamplers(Client& client, const std::string& path) {
  struct Choice {
    std::string caption, sampler;
    scoreserve::OptionValues options;
  };
  const std::vector<Choice> choices = {
      {"DPM-Solver++ 20", "dpm_solver", {{"num_steps", int64_t{20}}}},
      {"Heun 18", "heun", {{"num_steps", int64_t{18}}}},
      {"DDIM 50", "ddim", {{"num_steps", int64_t{50}}}},
      {"ancestral 200", "ddim", {{"num_steps", int64_t{200}}, {"eta", 1.0}}},
  };
  const scoreserve::ModelInfo model = OrDie(client.GetModel({"digits-vp"}));
  ContactSheet sheet = SheetOf(model, 16);
  for (const Choice& choice : choices) {
    sheet.groups.push_back({.caption = choice.caption,
                            .images = Draw(client, {.model = {"digits-vp"},
                                                    .sampler = choice.sampler,
                                                    .options = choice.options,
                                                    .rows = 16,
                                                    .seed = 1})});
  }
  Write(sheet, path);
}

// A held-out digit, what is told of it, and what the model makes of the rest.
void PictureInpainting(Client& client, const Rows& held_out,
                       const std::string& path) {
  constexpr int64_t kCompletions = 8;
  constexpr float kUnknown = std::numeric_limits<float>::infinity();
  const scoreserve::ModelInfo model = OrDie(client.GetModel({"digits-vp"}));
  const int64_t dim = model.dim();
  ContactSheet sheet = SheetOf(model, 2 + kCompletions);
  sheet.not_finite = scoreserve::Rgb(0x8FB8DE);
  sheet.column_titles = {{.text = "held out"},
                         {.text = "known"},
                         {.text = "completed", .columns = kCompletions}};
  std::vector<float> deviation(dim, 0.0f);
  std::fill(deviation.begin() + dim / 2, deviation.end(), kUnknown);
  for (int64_t i = 0; i < 4; ++i) {
    const std::vector<float> digit(held_out.row(i), held_out.row(i) + dim);
    Rows images = {.dim = dim, .values = digit};
    for (int64_t k = 0; k < dim; ++k) {
      images.values.push_back(deviation[k] == 0.0f
                                  ? digit[k]
                                  : std::numeric_limits<float>::quiet_NaN());
    }
    const Rows drawn =
        Draw(client, {.model = {"digits-vp"},
                      .sampler = "ddim",
                      .options = {{"num_steps", int64_t{50}},
                                  {"eta", 1.0},
                                  {"resampling", int64_t{5}}},
                      .rows = kCompletions,
                      .seed = 1 + i,
                      .mask = scoreserve::MaskQuery{.value = digit,
                                                    .deviation = deviation}});
    images.values.insert(images.values.end(), drawn.values.begin(),
                         drawn.values.end());
    sheet.groups.push_back(ImageGroup{.images = std::move(images)});
  }
  Write(sheet, path);
}

// Row i of the request is of class i mod 10, so each column is one class.
void PictureClasses(Client& client, const std::string& path) {
  const scoreserve::ModelInfo model = OrDie(client.GetModel({"digits-class"}));
  const int64_t rows = 6 * model.classes;
  std::vector<int64_t> classes(rows);
  for (int64_t i = 0; i < rows; ++i) classes[i] = i % model.classes;
  const double guidance = 2.0;
  ContactSheet sheet = SheetOf(model, model.classes);
  for (int64_t c = 0; c < model.classes; ++c) {
    sheet.column_titles.push_back({.text = absl::StrCat(c)});
  }
  sheet.groups = {
      {.images = Draw(client, {.model = {"digits-class"},
                               .sampler = "dpm_solver",
                               .options = {{"num_steps", int64_t{20}}},
                               .rows = rows,
                               .seed = 1,
                               .condition = {.classes = classes,
                                             .guidance = {&guidance, 1}}})}};
  Write(sheet, path);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: sampler_pictures HOST:PORT IMAGES.csv FOLDER\n";
    return 2;
  }
  const auto client = OrDie(Client::New({.target = argv[1]}));
  const Rows held_out = OrDie(scoreserve::ReadRows(argv[2]));
  const std::string folder = argv[3];
  PictureSamplers(*client, folder + "/samplers.png");
  PictureInpainting(*client, held_out, folder + "/inpainted.png");
  PictureClasses(*client, folder + "/classes.png");
}
