// Asks a server for the score of the model mixture-2d at two points.

#include <scoreserve/client.h>

#include <iostream>
#include <vector>

int main(int argc, char** argv) {
  const auto client = scoreserve::Client::New(
      {.target = argc > 1 ? argv[1] : "127.0.0.1:7860"});
  if (!client.ok()) {
    std::cerr << client.status().message() << "\n";
    return 2;
  }

  const std::vector<float> x = {0.5f, 1.0f, -2.0f, 0.0f};  // Two rows.
  const double noise_level = 0.1;
  std::vector<float> score(x.size());
  const auto version = (*client)->Score({.model = {"mixture-2d"},
                                         .x = x,
                                         .rows = 2,
                                         .noise_level = {&noise_level, 1}},
                                        absl::MakeSpan(score));
  if (!version.ok()) {
    std::cerr << version.status().message() << "\n";
    return 1;
  }
  for (int row = 0; row < 2; ++row) {
    std::cout << "score at (" << x[2 * row] << ", " << x[2 * row + 1]
              << ") is (" << score[2 * row] << ", " << score[2 * row + 1]
              << ")\n";
  }
}
