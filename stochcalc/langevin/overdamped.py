"""Overdamped Langevin: dX = (1/2) s(X) dt + dW keeps the density whose score is s = grad log p.

The unadjusted algorithm (ULA) is Euler-Maruyama with step h:

    x <- x + (h/2) s(x) + sqrt(h) z

The sign is plus: the chain climbs the score. (Some notes print a minus; that chain diverges.) Its
stationary law is not quite p: for N(0, 1/k) the variance is (1/k) / (1 - k h / 4). If the step is
written x + h s + sqrt(2h) z, the same formula reads 1 - k h / 2; the two conventions for the step
differ by a factor of 2 and must not be mixed.

Leimkuhler and Matthews (LM) use each normal twice, with sqrt(h) (z_n + z_(n+1)) / 2 in place of
sqrt(h) z. This costs as much as ULA. Its stationary law is right to second order in h, and is exact
on Gaussians.

The adjusted algorithm (MALA) accepts what ULA proposes with probability min(1, e^r), where

    r = log p(y) - log p(x) + (|x -> y|^2 - |y -> x|^2) / (2h)
    |x -> y|^2 = |y - x - (h/2) s(x)|^2

and stays at x otherwise, so that p is invariant whatever h is. In the code a proposal is accepted
if a standard exponential, which is half the squared radius of two normals, exceeds -r.

Sources: Roberts and Tweedie, Bernoulli 2 (1996) 341 (ULA, MALA); the bias on Gaussians is the fixed
point of V = (1 - k h/2)^2 V + h. Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.registers.stacked_states import choose, inner_product, join, take_part
from stochcalc.langevin.sampler import Sampler


def ula(score: Any, t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step; args = (noise amplitude, parameters of the score ...), amplitude 1 unless the
    temperature is not.
    """
    return x + 0.5 * dt * score(t, x, *args[1:]) + args[0] * dW


def leimkuhler_matthews(d: int) -> Any:
    """The step on (x, the last noise)."""

    def step(score: Any, t: float, state: Any, dt: float, dW: Any, args: Any) -> Any:
        x, last = take_part(state, 0, d), take_part(state, d, d)
        return join(x + 0.5 * dt * score(t, x, *args[1:]) + args[0] * 0.5 * (last + dW), dW)

    return step


def mala(d: int) -> Any:
    """Return the step on (x, proposals accepted); the last two normals of the noise decide."""

    def step(
        score: Any, log_density: Any, t: float, state: Any, dt: float, noise: Any, args: Any
    ) -> Any:
        x, dW, half = take_part(state, 0, d), take_part(noise, 0, d), 0.5 * dt
        out = args[0] * dW
        y = x + half * score(t, x, *args[1:]) + out
        back = x - y - half * score(t, y, *args[1:])
        rise = (
            log_density(t, y, *args[1:])
            - log_density(t, x, *args[1:])
            + (inner_product(out, out) - inner_product(back, back)) / (2.0 * dt)
        )
        exponential = 0.5 * (noise[d] * noise[d] + noise[d + 1] * noise[d + 1])
        accepted = exponential * (args[0] * args[0]) >= -rise
        return join(choose(accepted, y, x), state[d] + choose(accepted, 1.0, 0.0))

    return step


def _amplitude(step: float, friction: float, temperature: float) -> tuple[float, ...]:
    return (math.sqrt(temperature),)


SAMPLERS = (
    Sampler("ula", lambda d: ula, _amplitude, 1, 1, False, False, True, "Roberts and Tweedie 1996"),
    Sampler(
        "lm",
        leimkuhler_matthews,
        _amplitude,
        2,
        1,
        False,
        False,
        True,
        "Leimkuhler and Matthews 2013",
    ),
    Sampler("mala", mala, _amplitude, 1, 1, False, True, False, "Roberts and Tweedie 1996"),
)
