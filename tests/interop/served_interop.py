"""A client in another language, without generated files, on a repository that
another program wrote: what the served mixtures say is their closed form.

Usage: served_interop.py SERVER ZOO DESCRIPTOR_SET NOISE_TOOL
"""

import pathlib
import sys
import tempfile
import unittest

import grpc
import numpy as np

import noise
import repository
import served
import vp


def mixture_score(x, alpha, sigma):
    """Of alpha x0 + sigma eps, x0 from the mixture of the zoo."""
    table = np.loadtxt(pathlib.Path(ZOO) / "mixture-2d.csv", delimiter=",")
    variance = alpha**2 * table[:, 1] + sigma**2
    away = alpha * table[:, 2:] - x[:, np.newaxis]
    log_density = (np.log(table[:, 0]) - np.log(variance) -
                   np.square(away).sum(axis=2) / (2 * variance))
    share = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    return (share[..., np.newaxis] * away / variance[:, np.newaxis]).sum(axis=1)


class ServedInteropTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        repository.write_mixtures(folder, ZOO)
        server = served.Server(PROGRAM, folder, DESCRIPTOR_SET)
        cls.addClassCleanup(server.close)
        cls.model = server.model("mixture-2d")
        cls.model_under_vp = server.model("mixture-2d-vp")
        cls.x = (3.0 * np.random.default_rng(1).standard_normal((200, 2))
                ).astype(np.float32)

    def assert_scores_near(self, ours, exact):
        np.testing.assert_allclose(ours, exact, rtol=1e-5, atol=1e-5)

    def test_scores_at_noise_levels_are_the_closed_form(self):
        for sigma in (0.0, 0.3, 10.0):
            self.assert_scores_near(
                self.model.score(self.x, noise_level=sigma),
                mixture_score(self.x, 1.0, sigma))

    def test_scores_at_times_are_those_of_the_process(self):
        levels = vp.uniform(5)
        for time, alpha, sigma in zip(levels.time, levels.alpha, levels.sigma):
            self.assert_scores_near(
                self.model_under_vp.score(self.x, time=time),
                mixture_score(self.x, alpha, sigma))

    def test_langevin_walks_with_the_noise_of_the_tool(self):
        step_size, sigma, steps, seed = 0.05, 0.5, 20, 7
        x = self.x.astype(float)
        for z in noise.normals(TOOL, noise.STEP, seed, steps, *x.shape):
            x += (step_size * mixture_score(x, 1.0, sigma) +
                  np.sqrt(2.0 * step_size) * z)
        ours = self.model.sample(
            "langevin", len(x), seed, self.x, num_steps=steps,
            step_size=step_size, label=sigma)
        np.testing.assert_allclose(ours, x, atol=1e-4)

    def test_without_a_start_rows_begin_at_the_noise_of_the_tool(self):
        options = {"num_steps": 1, "step_size": 1e-12, "temperature": 0.0,
                   "label": 1.0, "start_scale": 2.0}
        np.testing.assert_allclose(
            self.model.sample("langevin", 50, 8, **options),
            2.0 * noise.normals(TOOL, noise.START, 8, 1, 50, 2)[0], rtol=1e-6)

    def test_a_label_of_the_other_kind_is_refused(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.model.score(self.x, time=0.5)
        self.assertEqual(refused.exception.code(),
                         grpc.StatusCode.INVALID_ARGUMENT)


if __name__ == "__main__":
    PROGRAM, ZOO, DESCRIPTOR_SET, TOOL = sys.argv[1:5]
    unittest.main(argv=sys.argv[:1] + sys.argv[5:])
