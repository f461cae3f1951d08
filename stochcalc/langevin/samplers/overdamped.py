"""Overdamped Langevin: dX = (1/2) s(X) dt + dW keeps the density whose score is s = grad log p.

The unadjusted algorithm (ULA) is Euler-Maruyama with step h:

    x <- x + (h/2) s(x) + sqrt(h) z

The sign is plus: the chain climbs the score. With a minus it runs away from p and diverges. Its
stationary law is not quite p: for N(0, 1/k) the variance is (1/k) / (1 - k h / 4). If the step is
written x + h s + sqrt(2h) z, the same formula reads 1 - k h / 2; the two conventions for the step
differ by a factor of 2 and must not be mixed.

Leimkuhler and Matthews (LM) use each normal twice, with sqrt(h) (z_n + z_(n+1)) / 2 in place of
sqrt(h) z. This costs the same as ULA. Its stationary law is right to second order in h, and is
exact on Gaussians.

The adjusted algorithm (MALA) accepts what ULA proposes with probability min(1, e^r), where

    r = log p(y) - log p(x) + (|e(x, y)|^2 - |e(y, x)|^2) / (2h)
    e(x, y) = y - x - (h/2) s(x)

and stays at x otherwise, so that p is invariant whatever h is. In the code a proposal is accepted
if a standard exponential, which is half the squared radius of two normals, exceeds -r.

At the temperature T the chains sample p^(1/T): the noise is multiplied by sqrt(T). The args of a
step are (sqrt(T), *those of the score).

Sources: Roberts and Tweedie, Bernoulli 2 (1996) 341 (ULA, MALA); the bias on Gaussians is the fixed
point of V = (1 - k h/2)^2 V + h. Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from stochcalc.engine.portable import portable
from stochcalc.engine.registers.choices import choose
from stochcalc.engine.registers.stacked_states import inner_product, join, take_part
from stochcalc.langevin.samplers.sampler import Sampler
from stochcalc.typing import DriftFunction, Noise, Parameters, State, StepFunction


def ula(score: DriftFunction, t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
    """Return the next state of the unadjusted algorithm."""
    amplitude = args[0]
    # x + (h/2) s(x) + sqrt(T h) z, with dW = sqrt(h) z and the temperature T
    return x + 0.5 * dt * score(t, x, *args[1:]) + amplitude * dW


def build_ula(d: int) -> StepFunction:
    """Return the step of the unadjusted algorithm, which is the same for all d."""
    return ula


@portable
def leimkuhler_matthews(d: int) -> StepFunction:
    """Return the step of Leimkuhler and Matthews, on the state (x, the last noise)."""

    def step(
        score: DriftFunction, t: float, state: State, dt: float, dW: Noise, args: Parameters
    ) -> State:
        """Return the state after one step."""
        x = take_part(state, 0, d)
        last = take_part(state, d, d)
        amplitude = args[0]
        return join(x + 0.5 * dt * score(t, x, *args[1:]) + amplitude * 0.5 * (last + dW), dW)

    return step


@portable
def mala(d: int) -> StepFunction:
    """Return the adjusted step, on the state (x, number of proposals accepted).

    The last two normals of the noise decide.
    """

    def step(
        score: DriftFunction,
        log_density: Callable[..., float],
        t: float,
        state: State,
        dt: float,
        noise: Noise,
        args: Parameters,
    ) -> State:
        """Return the state after one step."""
        x = take_part(state, 0, d)
        dW = take_part(noise, 0, d)
        amplitude = args[0]
        half = 0.5 * dt
        out = amplitude * dW  # y - x - (h/2) s(x)
        y = x + half * score(t, x, *args[1:]) + out
        back = x - y - half * score(t, y, *args[1:])
        # r = log p(y) - log p(x) + (|e(x, y)|^2 - |e(y, x)|^2) / (2h)
        there = log_density(t, y, *args[1:])
        r = (
            there
            - log_density(t, x, *args[1:])
            + (inner_product(out, out) - inner_product(back, back)) / (2.0 * dt)
        )
        # at the temperature T with probability min(1, e^(r/T)): that is, if T times it is >= -r
        exponential = 0.5 * (noise[d] * noise[d] + noise[d + 1] * noise[d + 1])
        accepted = exponential * (amplitude * amplitude) >= -r
        # A density of 0, log p(y) = -inf, is a reason to reject. A log density that is nan is a
        # fault of the function: the chain becomes nan, and is reported.
        moved = choose(there == there, choose(accepted, y, x), math.nan * x)
        return join(moved, state[d] + choose(accepted, 1.0, 0.0))

    return step


def _amplitude(step: float, friction: float, temperature: float) -> tuple[float, ...]:
    """Return the factor of the noise, sqrt(temperature)."""
    return (math.sqrt(temperature),)


SAMPLERS = (
    Sampler(
        name="ula",
        build=build_ula,
        parameters=_amplitude,
        vectors=1,
        noises=1,
        momentum=False,
        adjusted=False,
        once=True,
        reference="Roberts and Tweedie 1996",
        sources=("robertstweedie1996",),
    ),
    Sampler(
        name="lm",
        build=leimkuhler_matthews,
        parameters=_amplitude,
        vectors=2,
        noises=1,
        momentum=False,
        adjusted=False,
        once=True,
        reference="Leimkuhler and Matthews 2013",
        sources=("leimkuhlermatthews2013",),
    ),
    Sampler(
        name="mala",
        build=mala,
        parameters=_amplitude,
        vectors=1,
        noises=1,
        momentum=False,
        adjusted=True,
        once=False,
        reference="Roberts and Tweedie 1996",
        sources=("robertstweedie1996",),
    ),
)
