"""Sums of powers of increments along Brownian motion, whose paths are not stored.

These are the jobs behind `quadratic_variation` of a motion, and behind the studies of variations.
"""

from __future__ import annotations

import math

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.sources import Beside
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Noise, Observer, Parameters, State


def add_powers(t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
    """Take one step of sum |dW|^p and sum |dW|^2p; the parameters are (p,)."""
    size = abs(dW) ** args[0]
    return x[0] + size, x[1] + size * size


def add_squares(t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
    """Take one step of sum dW^2 and sum dW^4."""
    square = dW * dW
    return x[0] + square, x[1] + square * square


def first_sum(t: float, x: State, args: Parameters) -> State:
    """Observe the first of the two sums."""
    return x[0]


def squared_deviation(t: float, x: State, args: Parameters) -> State:
    """Observe (Q - t)^2, with Q the first sum."""
    return (x[0] - t) * (x[0] - t)


def variation_job(
    W: BrownianPaths, p: float, observe: Observer, kept: int, *, save_rows: bool
) -> March:
    """Return the job that sums powers of the increments of a motion and observes the sums at T.

    Parameters
    ----------
    W : BrownianPaths
        A motion of one component.
    p : float
        The power. The state is (sum |dW|^p, sum |dW|^2p).
    observe : callable
        It takes (t, state, args) and returns the numbers that are kept.
    kept : int
        How many numbers it returns.
    save_rows : bool
        Whether to store them for each path; else their statistics are kept.
    """
    step = Step(add_powers)
    args: tuple[float, ...] = (p,)
    if p == 2.0:
        step = Step(add_squares)
        args = ()
    return march_along(
        W,
        step,
        dim=2,
        kept=kept,
        args=args,
        observe=observe,
        save_rows=save_rows,
        noise=W.noise(plain=True),
    )


def add_products(t: float, x: State, dt: float, noise: Noise, args: Parameters) -> State:
    """Take one step of sum q, sum q^2 and sum q q_before, with q = dW dV; the last number is q."""
    product = noise[0] * noise[1]
    return x[0] + product, x[1] + product * product, x[2] + product * x[3], product


def covariation_job(W: BrownianPaths, V: BrownianPaths) -> March:
    """Return the job of the sums of `add_products` along two motions on one grid.

    Each motion has one component. The first three numbers of the state are the sums.
    """
    return march_along(
        W, Step(add_products), dim=4, kept=4, noise=Beside(W.noise(), V.noise()), save_rows=True
    )


def absolute_moment(p: float) -> float:
    r"""Return E |Z|^p for a standard normal Z.

    Notes
    -----
    .. math::

        E |Z|^p = 2^{p/2} \Gamma((p + 1)/2) / \sqrt\pi
    """
    return math.exp(log_absolute_moment(p))


def log_absolute_moment(p: float) -> float:
    """Return the logarithm of E |Z|^p, which is finite where the moment itself overflows."""
    with hold_interrupts_back():
        from scipy.special import gammaln

    return 0.5 * p * math.log(2.0) + float(gammaln(0.5 * (p + 1.0))) - 0.5 * math.log(math.pi)
