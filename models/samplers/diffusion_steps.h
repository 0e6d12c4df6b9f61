// The steps that samplers of diffusions are made of, from one level to a less
// noisy one. Each sets the level where it ends; the label is the caller's.
//
// Throughout: unprimed is the level at which the network is evaluated, primed
// the one where the step ends, u = σ/α, and V = α²(u − u')(u + u'), the
// variance of x_t given x_t'.

#ifndef SCORESERVE_MODELS_SAMPLERS_DIFFUSION_STEPS_H_
#define SCORESERVE_MODELS_SAMPLERS_DIFFUSION_STEPS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

// First order in the denoised estimate (Song, Meng and Ermon 2021, eq. 12, 16),
// with w = η(σ'/σ)√V:
//
//   xx = α'/α,  xs = σ(α'u − √(σ'² − w²)),  xz = w.
//
// η = 0 is DDIM, and the Euler step of the probability flow in σ/α (Karras et
// al. 2022); η = 1 is ancestral sampling (Ho, Jain and Abbeel 2020).
// `large_variance` puts √V in the place of w in xz alone, 0 where σ' = 0.
Step FirstOrderStep(const Level& from, const Level& to, double eta,
                    bool large_variance = false);

// Euler–Maruyama of the reverse equation between the stochastic one, λ = 0, and
// the probability flow, λ = 1 (Huang, Lim and Courville 2021), with Δ = t − t':
//
//   xx = 1 − fΔ,  xs = (1 − λ/2)g²Δ,  xz = √((1 − λ)g²Δ).
Step EulerMaruyamaStep(const NoiseProcess& process, const Level& from,
                       const Level& to, double lambda);

// The same by the increments of the process ("reverse diffusion", Song et al.
// 2021). With G = 1 − (α/α')² where α falls, σ² − σ'² where it does not:
//
//   xx = 2 − α/α',  xs = (1 − λ/2)G,  xz = √((1 − λ)G).
Step ReverseDiffusionStep(const Level& from, const Level& to, double lambda);

// UNSUITABLE_MODEL where the process of `target` has no such increments; `what`
// asks for them.
absl::Status CheckIncrements(absl::string_view what,
                             const SamplerTarget& target);

// Tweedie's formula: xx = 1/α, xs = σ²/α. Ends at clean data.
Step DenoiseStep(const Level& from);

// RePaint's resampling (Lugmayr et al. 2022): an ancestral step to `to`, and
// noise back to `from`. xs = V, xz = √(2V − V²/σ²).
Step StayStep(const Level& from, const Level& to);

// `step` with the label of `from`.
Step Labelled(Step step, const SamplerTarget& target, const Level& from);

// What the option `end` asks for once all steps to `last` are there: takes the
// last one's noise away, or adds a denoising step.
void EndAs(const std::string& end, const Level& last,
           const SamplerTarget& target, std::vector<Phase>& phases);

// The table with its starts: noise of the level `first`, or given rows, as they
// are or noised to it.
SamplerPlan PlanFrom(std::vector<Phase> phases, const Level& first);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_DIFFUSION_STEPS_H_
