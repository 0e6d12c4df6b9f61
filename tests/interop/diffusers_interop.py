"""Our samplers against the schedulers of the library diffusers.

Usage: diffusers_interop.py SERVER ZOO DESCRIPTOR_SET NOISE_TOOL [TEST ...]

A scheduler walks down integer times of a training run. It is given one whose
times are the levels of our grid and no others: betas with which the cumulative
product at time i is alpha(t_i)^2. It then starts where the served sampler
starts, asks the server for every score, draws our noise in place of its own,
and must end where the served sampler ends. Nothing is clipped, which is its
default for images.
"""

import sys
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch
from diffusers import schedulers

import noise
import repository
import served
from vp import karras, log, uniform

# What agreement means: all coordinates of a row this close, for so many rows. A
# row on the border between two modes may double a rounding at every step.
TOLERANCE = 1e-4
SHARE = 0.99

ROWS = 512


def normal_rows(seed, model):
    """What the server would start a sampler from, at unit scale."""
    return noise.normals(TOOL, noise.START, seed, 1, ROWS, model.dim)[0]


def our_noise_in(scheduler, draws):
    """While this lasts, the scheduler's n-th step draws draws[n]."""

    def draw(shape, **_):
        # Drawn once a step, and some draw nothing in the last.
        values = torch.tensor(draws[draw.step])
        assert values.shape == shape
        return values

    patch = mock.patch.object(sys.modules[type(scheduler).__module__],
                              "randn_tensor", draw, create=True)
    return draw, patch


class DiffusersInteropTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        repository.write_mixtures(folder, ZOO)
        cls.server = served.Server(PROGRAM, folder, DESCRIPTOR_SET)
        cls.addClassCleanup(cls.server.close)

    def assert_agree(self, ours, theirs):
        gaps = np.abs(ours - theirs).max(axis=1)
        share = np.mean(gaps <= TOLERANCE)
        print(f"{self.id().split('.')[-1]}: {share:.1%} of rows within "
              f"{TOLERANCE:.0e}; median {np.median(gaps):.1e}, 99 % "
              f"{np.quantile(gaps, 0.99):.1e}, all {gaps.max():.1e}")
        self.assertGreaterEqual(share, SHARE)

    def walk(self, scheduler, model, levels, start, seed, timesteps=None,
             **step_options):
        """Where `scheduler` takes `start`, in float64 where it lets us."""
        if timesteps is None:
            scheduler.set_timesteps(len(levels.time))
        else:
            scheduler.set_timesteps(timesteps=timesteps)
        # Some walk in x / alpha, and divide what the network sees themselves.
        x = torch.tensor(start)
        if scheduler.init_noise_sigma != 1.0:
            x = x / levels.alpha[0]
        draw, patch = our_noise_in(
            scheduler, noise.normals(TOOL, noise.STEP, seed,
                                     len(scheduler.timesteps), *start.shape))
        with patch:
            for draw.step, timestep in enumerate(scheduler.timesteps):
                level = len(levels.time) - 1 - int(timestep)
                seen = scheduler.scale_model_input(x, timestep).numpy()
                score = model.score(seen, time=levels.time[level])
                x = scheduler.step(
                    torch.tensor(-levels.sigma[level] * score), timestep, x,
                    **step_options).prev_sample
        return x.double().numpy()

    def compare(self, kind, levels, sampler, options, scheduler_options=None,
                seed=1, model="mixture-2d-vp", timesteps=None, **step_options):
        model = self.server.model(model)
        start = levels.sigma[0] * normal_rows(seed, model)
        scheduler = kind(num_train_timesteps=len(levels.time),
                         trained_betas=levels.betas(),
                         timestep_spacing="trailing",
                         **(scheduler_options or {}))
        ours = model.sample(sampler, ROWS, seed, start, **options)
        theirs = self.walk(scheduler, model, levels, start, seed, timesteps,
                           **step_options)
        self.assert_agree(ours, theirs)

    # DDIM and ancestral sampling.

    def ddim(self, eta, seed, **options):
        self.compare(schedulers.DDIMScheduler, uniform(50), "ddim",
                     {"num_steps": 50, "eta": eta, **options},
                     {"clip_sample": False}, seed, eta=eta)

    def test_ddim(self):
        self.ddim(0.0, seed=11)

    def test_ddim_half_stochastic(self):
        self.ddim(0.5, seed=12)

    def test_ddim_ancestral(self):
        self.ddim(1.0, seed=13)

    def test_ddim_starts_from_its_own_noise(self):
        model = self.server.model("mixture-2d-vp")
        start = uniform(2).sigma[0] * normal_rows(14, model)
        given = model.sample("ddim", ROWS, 14, start, num_steps=20)
        self.assert_agree(model.sample("ddim", ROWS, 14, num_steps=20), given)

    def ddpm(self, variance, seed):
        self.compare(schedulers.DDPMScheduler, uniform(100), "ddim",
                     {"num_steps": 100, "eta": 1.0, "variance": variance},
                     {"clip_sample": False,
                      "variance_type": f"fixed_{variance}"}, seed)

    def test_ddpm_with_the_posterior_variance(self):
        self.ddpm("small", seed=21)

    def test_ddpm_with_the_variance_of_the_forward_step(self):
        self.ddpm("large", seed=22)

    # Probability flow and ancestral sampling in x / alpha.

    def test_euler(self):
        self.compare(schedulers.EulerDiscreteScheduler, karras(40), "ddim",
                     {"num_steps": 40, "grid": "karras", "ratio_min": 0.02},
                     seed=31)

    def test_euler_ancestral(self):
        self.compare(schedulers.EulerAncestralDiscreteScheduler, uniform(40),
                     "ddim", {"num_steps": 40, "eta": 1.0}, seed=32)

    # Without churn: theirs cannot.
    def test_heun(self):
        self.compare(schedulers.HeunDiscreteScheduler, karras(18), "heun",
                     {"num_steps": 18, "ratio_min": 0.02}, seed=33)

    # DPM-Solver++.

    def dpm_solver(self, count, sde, seed, **options):
        self.compare(
            schedulers.DPMSolverMultistepScheduler, log(count), "dpm_solver",
            {"num_steps": count, "ratio_min": 0.02, "sde": sde, **options},
            {"algorithm_type": "sde-dpmsolver++" if sde else "dpmsolver++",
             "solver_type": "midpoint",
             "solver_order": options.get("order", 2)},
            seed, timesteps=list(range(count))[::-1])

    def test_dpm_solver(self):
        self.dpm_solver(20, sde=False, seed=41)

    def test_dpm_solver_of_first_order(self):
        self.dpm_solver(20, sde=False, seed=42, order=1)

    def test_dpm_solver_of_the_stochastic_equation(self):
        self.dpm_solver(30, sde=True, seed=43)

    def dpm_solver_to_a_noisy_level(self, count, seed):
        """Ends at the last level, so that only the choice of the last step's
        order is seen; theirs is lower with fewer than 15 steps, as ours."""
        self.compare(
            schedulers.DPMSolverMultistepScheduler, log(count + 1),
            "dpm_solver",
            {"num_steps": count, "ratio_min": 0.02, "end": "none"},
            {"final_sigmas_type": "sigma_min"}, seed,
            timesteps=list(range(1, count + 1))[::-1])

    def test_dpm_solver_lowers_the_order_of_the_last_of_few_steps(self):
        self.dpm_solver_to_a_noisy_level(10, seed=44)

    def test_dpm_solver_keeps_the_order_of_the_last_of_many_steps(self):
        self.dpm_solver_to_a_noisy_level(20, seed=45)

    # The schedulers of EDM, which bring their own grid, on a network that is
    # labelled by noise levels. Their churn is not ours: they add the noise
    # after the network has seen the row.

    def edm(self, kind, schedule, sampler, options, seed, **scheduler_options):
        high, low, count = 40.0, 0.02, options["num_steps"]
        model = self.server.model("mixture-2d")
        start = high * normal_rows(seed, model)
        scheduler = kind(sigma_min=low, sigma_max=high, sigma_data=0.5,
                         sigma_schedule=schedule, **scheduler_options)
        scheduler.set_timesteps(count)
        ours = model.sample(sampler, ROWS, seed, start, ratio_min=low,
                            ratio_max=high, **options)
        x = torch.tensor(start, dtype=torch.float64)
        draw, patch = our_noise_in(
            scheduler,
            noise.normals(TOOL, noise.STEP, seed, count, *start.shape))
        with patch:
            for draw.step, timestep in enumerate(scheduler.timesteps):
                sigma = float(scheduler.sigmas[draw.step])
                denoised = x.numpy() + sigma**2 * model.score(
                    x.numpy(), noise_level=sigma)
                scheduler.scale_model_input(x, timestep)
                # What their network must have said for this to be the result.
                skip = scheduler.precondition_outputs(x, 0.0 * x, sigma).numpy()
                scale = scheduler.precondition_outputs(
                    0.0 * x, torch.ones_like(x), sigma).numpy()
                x = scheduler.step(torch.tensor((denoised - skip) / scale),
                                   timestep, x).prev_sample
        self.assert_agree(ours, x.double().numpy())

    def test_edm_euler(self):
        self.edm(schedulers.EDMEulerScheduler, "karras", "ddim",
                 {"num_steps": 40, "grid": "karras"}, seed=51)

    def test_edm_euler_on_the_logarithmic_grid(self):
        self.edm(schedulers.EDMEulerScheduler, "exponential", "ddim",
                 {"num_steps": 40, "grid": "log"}, seed=52)

    def test_edm_dpm_solver(self):
        self.edm(schedulers.EDMDPMSolverMultistepScheduler, "karras",
                 "dpm_solver", {"num_steps": 20, "grid": "karras"}, seed=53)

    def test_edm_dpm_solver_of_the_stochastic_equation(self):
        self.edm(schedulers.EDMDPMSolverMultistepScheduler, "karras",
                 "dpm_solver", {"num_steps": 20, "grid": "karras", "sde": True},
                 seed=54, algorithm_type="sde-dpmsolver++")

    # The bar itself.

    def test_other_samplers_and_other_noise_do_not_agree(self):
        model = self.server.model("mixture-2d-vp")
        rows = normal_rows(61, model)

        def sample(seed=61, sampler="ddim", **options):
            return model.sample(sampler, ROWS, seed, rows, num_steps=50,
                                **options)

        for one, other in (
            (sample(), sample(eta=0.5)),
            (sample(), sample(sampler="heun", grid="uniform")),
            (sample(eta=1.0), sample(eta=1.0, variance="large")),
            (sample(eta=1.0), sample(eta=1.0, seed=62)),
        ):
            gaps = np.abs(one - other).max(axis=1)
            self.assertLess(np.mean(gaps <= TOLERANCE), 0.05)


if __name__ == "__main__":
    PROGRAM, ZOO, DESCRIPTOR_SET, TOOL = sys.argv[1:5]
    unittest.main(argv=sys.argv[:1] + sys.argv[5:])
