"""The exact variance that a sampler with a linear score ends with, by a recursion over its steps.

Let the score at time t be -k_t x, with k_t the *pull*. Every step from t down to s is then

    x <- A x + sqrt(B) z

and takes a variance v to A^2 v + B. So the law after n steps is known for every n, with no limit
taken, if the start is Gaussian. For data N(0, v) the pull is 1/(m^2 v + sigma^2). Data of any
covariance are as many such chains as it has eigenvalues, because all its noised laws share its
eigenvectors.

The noisings are written out here, and nothing is taken from `score`, whose samplers are compared
with these numbers. Time runs from 1 down to 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias


class Level(NamedTuple):
    """What a noising is at one time.

    Attributes
    ----------
    mean, variance : float
        m and sigma^2: x_t = m x_0 + sigma z.
    rate, square : float
        The rate, and g^2: dx = -rate x dt + g dW.
    """

    mean: float
    variance: float
    rate: float
    square: float


class Schedule(Protocol):
    """A noising over [0, 1]."""

    def at(self, t: float) -> Level:
        """Return m, sigma^2, rate and g^2 at a time."""

    def push(self, t: float, s: float) -> float:
        """Return the integral of (m_s/m_r) g_r^2 over r from s to t."""


@dataclass(frozen=True)
class Exploding:
    """VE from the standard deviation `low` to `high`."""

    low: float
    high: float

    def at(self, t: float) -> Level:
        """Return m, sigma^2, rate and g^2 at a time."""
        ratio = self.high / self.low
        variance = self.low**2 * ratio ** (2.0 * t)
        return Level(1.0, variance, 0.0, 2.0 * math.log(ratio) * variance)

    def push(self, t: float, s: float) -> float:
        """Return the integral of g^2, which is the variance added."""
        return self.at(t).variance - self.at(s).variance


@dataclass(frozen=True)
class Preserving:
    """VP with beta from `low` to `high`."""

    low: float
    high: float

    def at(self, t: float) -> Level:
        """Return m, sigma^2, rate and g^2 at a time."""
        beta = self.low + (self.high - self.low) * t
        integral = 0.5 * (self.low + beta) * t
        return Level(math.exp(-0.5 * integral), -math.expm1(-integral), 0.5 * beta, beta)

    def push(self, t: float, s: float) -> float:
        """Return the integral of (m_s/m_r) beta_r, which is 2 (m_s/m_t - 1)."""
        return 2.0 * (self.at(s).mean / self.at(t).mean - 1.0)


Pull: TypeAlias = Callable[[Level], float]
Step: TypeAlias = Callable[[Schedule, Pull, float, float], tuple[float, float]]


def pull_of(variance: float) -> Pull:
    """Return the pull of the score of data N(0, variance)."""
    return lambda level: 1.0 / noised(variance, level)


def noised(variance: float, level: Level) -> float:
    """Return the variance of m x_0 + sigma z for x_0 of this variance."""
    return level.mean**2 * variance + level.variance


def euler(schedule: Schedule, pull: Pull, t: float, s: float) -> tuple[float, float]:
    """Return A and B of Euler's scheme for the reverse-time equation."""
    level = schedule.at(t)
    h = t - s
    return 1.0 + (level.rate - level.square * pull(level)) * h, level.square * h


def exponential(schedule: Schedule, pull: Pull, t: float, s: float) -> tuple[float, float]:
    """Return A and B of the exponential integrator of the reverse-time equation."""
    level = schedule.at(t)
    end = schedule.at(s)
    growth = end.mean / level.mean
    added = growth**2 * level.variance - end.variance
    return growth - schedule.push(t, s) * pull(level), added


def ancestral(eta: float) -> Step:
    """Return the step through the denoised point: DDPM for eta = 1, DDIM for eta = 0."""

    def step(schedule: Schedule, pull: Pull, t: float, s: float) -> tuple[float, float]:
        """Return A and B: x_0 = (1 - sigma_t^2 k) x/m_t, and sigma_t k x is the noise in x."""
        level = schedule.at(t)
        end = schedule.at(s)
        k = pull(level)
        ratio = (level.mean / end.mean) ** 2
        fresh = eta**2 * (level.variance - ratio * end.variance) * end.variance / level.variance
        kept = math.sqrt(max(end.variance - fresh, 0.0))
        denoised = end.mean / level.mean * (1.0 - level.variance * k)
        return denoised + kept * math.sqrt(level.variance) * k, fresh

    return step


def flow(order: int) -> Step:
    """Return the step of the probability flow by Euler, Heun or Runge and Kutta: order 1, 2, 4."""

    def slope(schedule: Schedule, pull: Pull, t: float) -> float:
        """Return f(t), where the flow backwards in time is dx/du = f x."""
        level = schedule.at(t)
        return level.rate - 0.5 * level.square * pull(level)

    def step(schedule: Schedule, pull: Pull, t: float, s: float) -> tuple[float, float]:
        """Return A, and B = 0."""
        h = t - s
        first = slope(schedule, pull, t)
        if order == 1:
            return 1.0 + h * first, 0.0
        last = slope(schedule, pull, s)
        if order == 2:
            return 1.0 + 0.5 * h * (first + last * (1.0 + h * first)), 0.0
        middle = slope(schedule, pull, 0.5 * (t + s))
        second = middle * (1.0 + 0.5 * h * first)
        third = middle * (1.0 + 0.5 * h * second)
        fourth = last * (1.0 + h * third)
        return 1.0 + h / 6.0 * (first + 2.0 * second + 2.0 * third + fourth), 0.0

    return step


def end_variance(step: Step, schedule: Schedule, pull: Pull, n: int, start: float) -> float:
    """Return the variance at t = 0 after n equal steps from the variance `start` at t = 1."""
    variance = start
    for k in range(n):
        factor, added = step(schedule, pull, 1.0 - k / n, 1.0 - (k + 1) / n)
        variance = factor**2 * variance + added
    return variance


def limit_variance(eta: float, schedule: Schedule, variance: float, start: float) -> float:
    """Return the variance at t = 0 for data N(0, variance), as n grows.

    The equation with eta^2 times the noise of the reverse-time equation has the drift
    rate - (1/2) (1 + eta^2) g^2/S, with S the noised variance. Because of (log S)' = g^2/S - 2 rate
    and (log m)' = -rate, a wrong start is multiplied by (S_0/S_T)^(1 + eta^2) (m_T/m_0)^(2 eta^2).
    """
    first = schedule.at(0.0)
    last = schedule.at(1.0)
    begin = noised(variance, last)
    end = noised(variance, first)
    power = eta * eta
    forgotten = math.pow(end / begin, 1.0 + power)
    forgotten *= math.pow(last.mean / first.mean, 2.0 * power)
    return end + forgotten * (start - begin)
