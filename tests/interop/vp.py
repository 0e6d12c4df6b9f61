"""The variance-preserving process, written a second time so that the one of
models/processes/vp.h is held against something."""

import numpy as np


class Levels:
    """Levels of the process, from the noisiest down: time, alpha and sigma."""

    BETA_MIN, BETA_MAX = 0.1, 20.0

    def __init__(self, time):
        self.time = np.asarray(time)
        integral = self.time * self.BETA_MIN + 0.5 * self.time**2 * (
            self.BETA_MAX - self.BETA_MIN)
        self.alpha = np.exp(-0.5 * integral)
        self.sigma = np.sqrt(-np.expm1(-integral))

    @classmethod
    def of_ratios(cls, ratio):
        """Those with sigma / alpha = ratio."""
        integral = np.log1p(np.square(ratio))
        slope = cls.BETA_MAX - cls.BETA_MIN
        return cls(2.0 * integral /
                   (cls.BETA_MIN +
                    np.sqrt(cls.BETA_MIN**2 + 2.0 * slope * integral)))

    def betas(self):
        """With these the cumulative product of 1 - beta is alpha^2, rising."""
        squares = np.square(self.alpha[::-1])
        return 1.0 - squares / np.append(1.0, squares[:-1])


def uniform(count, first=1.0, last=1e-3):
    return Levels(np.linspace(first, last, count))


def log(count, high=80.0, low=0.02):
    return Levels.of_ratios(np.geomspace(high, low, count))


def karras(count, high=80.0, low=0.02, rho=7.0):
    return Levels.of_ratios(
        np.linspace(high**(1 / rho), low**(1 / rho), count)**rho)
