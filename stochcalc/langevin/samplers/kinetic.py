"""Kinetic Langevin: a position q with a momentum p, of unit mass.

    dq = p dt,    dp = s(q) dt - gamma p dt + sqrt(2 gamma) dW

Each part of the equation is solved exactly, and a step composes the parts in the order of its name,
with args = (decay, amplitude, *those of the score):

    A   q <- q + h p                                         free flight
    B   p <- p + h s(q)                                      a kick up the score
    O   p <- e^(-gamma h) p + sqrt(1 - e^(-2 gamma h)) z     friction and noise

A letter that occurs m times takes h/m. On a Gaussian, s = -omega^2 q, with c = h^2 omega^2 / 4, any
positive friction and h omega < 2, the stationary (omega^2 <q^2>, <p^2>) after the last letter are

    BAOAB  (1, 1 - c)
    ABOBA  (1, 1/(1 - c))
    OBABO  (1/(1 - c), 1)
    OABAO  (1 - c, 1)
    BAOA   (1, 1), and <q p> = h/2

So BAOAB, ABOBA and BAOA have no bias in the position at all; `linear_chain` computes the same from
the steps themselves.

Sources: Leimkuhler and Matthews, Molecular Dynamics (2015), chapter 7; Bussi and Parrinello, Phys.
Rev. E 75 (2007) 056707 (OBABO); Kieninger and Keller, J. Chem. Theory Comput. 18 (2022) 5792 (BAOA
is the Gromacs stochastic dynamics integrator).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from stochcalc.engine.portable import portable
from stochcalc.engine.registers.stacked_states import join, take_part
from stochcalc.langevin.samplers.sampler import Sampler
from stochcalc.typing import DriftFunction, Noise, Parameters, State, StepFunction


@portable
def baoab(d: int) -> StepFunction:
    """Return the step of d components: half a kick, half a flight, O, and the halves again."""

    def step(
        score: DriftFunction, t: float, state: State, dt: float, dW: Noise, args: Parameters
    ) -> State:
        """Return the state after one step."""
        decay = args[0]
        amplitude = args[1]
        q = take_part(state, 0, d)
        p = take_part(state, d, d)
        p = p + 0.5 * dt * score(t, q, *args[2:])
        q = q + 0.5 * dt * p
        p = decay * p + amplitude * take_part(dW, 0, d)
        q = q + 0.5 * dt * p
        p = p + 0.5 * dt * score(t, q, *args[2:])
        return join(q, p)

    return step


@portable
def aboba(d: int) -> StepFunction:
    """Return the step of d components: half a flight, half a kick, O, and the halves again."""

    def step(
        score: DriftFunction, t: float, state: State, dt: float, dW: Noise, args: Parameters
    ) -> State:
        """Return the state after one step."""
        decay = args[0]
        amplitude = args[1]
        q = take_part(state, 0, d)
        p = take_part(state, d, d)
        q = q + 0.5 * dt * p
        kick = 0.5 * dt * score(t, q, *args[2:])  # the same before and after O, which moves p
        p = p + kick
        p = decay * p + amplitude * take_part(dW, 0, d)
        p = p + kick
        q = q + 0.5 * dt * p
        return join(q, p)

    return step


@portable
def obabo(d: int) -> StepFunction:
    """Return the step of d components: half an O, half a kick, a flight, and the halves again."""

    def step(
        score: DriftFunction, t: float, state: State, dt: float, dW: Noise, args: Parameters
    ) -> State:
        """Return the state after one step."""
        decay = args[0]
        amplitude = args[1]
        q = take_part(state, 0, d)
        p = take_part(state, d, d)
        p = decay * p + amplitude * take_part(dW, 0, d)
        p = p + 0.5 * dt * score(t, q, *args[2:])
        q = q + dt * p
        p = p + 0.5 * dt * score(t, q, *args[2:])
        p = decay * p + amplitude * take_part(dW, d, d)
        return join(q, p)

    return step


@portable
def oabao(d: int) -> StepFunction:
    """Return the step of d components: half an O, half a flight, a kick, and the halves again."""

    def step(
        score: DriftFunction, t: float, state: State, dt: float, dW: Noise, args: Parameters
    ) -> State:
        """Return the state after one step."""
        decay = args[0]
        amplitude = args[1]
        q = take_part(state, 0, d)
        p = take_part(state, d, d)
        p = decay * p + amplitude * take_part(dW, 0, d)
        q = q + 0.5 * dt * p
        p = p + dt * score(t, q, *args[2:])
        q = q + 0.5 * dt * p
        p = decay * p + amplitude * take_part(dW, d, d)
        return join(q, p)

    return step


@portable
def baoa(d: int) -> StepFunction:
    """Return the step of d components: a kick, half a flight, O, and half a flight."""

    def step(
        score: DriftFunction, t: float, state: State, dt: float, dW: Noise, args: Parameters
    ) -> State:
        """Return the state after one step."""
        decay = args[0]
        amplitude = args[1]
        q = take_part(state, 0, d)
        p = take_part(state, d, d)
        p = p + dt * score(t, q, *args[2:])
        q = q + 0.5 * dt * p
        p = decay * p + amplitude * take_part(dW, 0, d)
        q = q + 0.5 * dt * p
        return join(q, p)

    return step


@portable
def friction_and_noise(noises: int) -> Callable[[float, float, float], tuple[float, ...]]:
    """Return parameters(step, friction, temperature) for a step with `noises` letters O.

    The parameters are the decay of p in one O, and the factor of an increment of variance h.
    """

    def parameters(step: float, friction: float, temperature: float) -> tuple[float, ...]:
        """Return (decay, amplitude) for a step of this size."""
        decay = math.exp(-friction * step / noises)
        lost = -math.expm1(-2.0 * friction * step / noises)
        return decay, math.sqrt(temperature * lost / step)

    return parameters


def _declare(
    name: str, build: Callable[[int], StepFunction], noises: int, reference: str, source: str
) -> Sampler:
    """Return the record of a splitting with `noises` letters O."""
    return Sampler(
        name=name,
        build=build,
        parameters=friction_and_noise(noises),
        vectors=2,
        noises=noises,
        momentum=True,
        adjusted=False,
        once=False,
        reference=reference,
        sources=(source,),
    )


SAMPLERS = (
    _declare(
        "baoab",
        baoab,
        noises=1,
        reference="Leimkuhler and Matthews 2013",
        source="leimkuhlermatthews2013",
    ),
    _declare(
        "aboba",
        aboba,
        noises=1,
        reference="Leimkuhler and Matthews 2013",
        source="leimkuhlermatthews2013",
    ),
    _declare(
        "obabo",
        obabo,
        noises=2,
        reference="Bussi and Parrinello 2007",
        source="bussiparrinello2007",
    ),
    _declare(
        "oabao",
        oabao,
        noises=2,
        reference="Leimkuhler and Matthews 2015",
        source="leimkuhlermatthews2015",
    ),
    _declare(
        "baoa", baoa, noises=1, reference="Kieninger and Keller 2022", source="kieningerkeller2022"
    ),
)
