"""Kinetic Langevin: a position q with a momentum p, of unit mass.

    dq = p dt,    dp = s(q) dt - gamma p dt + sqrt(2 gamma) dW

Each part of the equation is solved exactly, and a step composes the parts in the order of its name:

    A   q <- q + h p                                         free flight
    B   p <- p + h s(q)                                      a kick up the score
    O   p <- e^(-gamma h) p + sqrt(1 - e^(-2 gamma h)) z     friction and noise

A letter that occurs m times takes h/m. On a Gaussian, s = -omega^2 q, with c = h^2 omega^2 / 4, any
friction and h omega < 2, the stationary (omega^2 <q^2>, <p^2>) after the last letter are

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
from typing import Any

from stochcalc.engine.registers.stacked_states import joined, part_of
from stochcalc.langevin.sampler import Sampler


def flight(share: float, then: Any) -> Any:
    """Letter A, and what comes after it."""
    return lambda score, t, q, p, dt, dW, args: then(score, t, q + share * dt * p, p, dt, dW, args)


def kick(share: float, then: Any) -> Any:
    """Letter B, and what comes after it."""
    return lambda score, t, q, p, dt, dW, args: then(
        score, t, q, p + share * dt * score(t, q, *args[2:]), dt, dW, args
    )


def friction_and_noise(first: int, d: int, then: Any) -> Any:
    """Letter O, with the d increments from number `first` on, and what comes after it; args =
    (decay, amplitude, ...).
    """
    return lambda score, t, q, p, dt, dW, args: then(
        score, t, q, args[0] * p + args[1] * part_of(dW, first, d), dt, dW, args
    )


def splitting(letters: str, d: int) -> Any:
    """The step on (q, p) that a name spells."""
    move, noises = lambda score, t, q, p, dt, dW, args: joined(q, p), letters.count("O")
    for letter in reversed(letters):
        if letter == "A":
            move = flight(1.0 / letters.count("A"), move)
        elif letter == "B":
            move = kick(1.0 / letters.count("B"), move)
        else:
            noises -= 1
            move = friction_and_noise(noises * d, d, move)
    return lambda score, t, state, dt, dW, args: move(
        score, t, part_of(state, 0, d), part_of(state, d, d), dt, dW, args
    )


def _decay(letters: str) -> Any:
    """parameters(step, friction, temperature): the decay of p in one O, and what multiplies an
    increment of variance h.
    """

    def parameters(step: float, friction: float, temperature: float) -> tuple[float, ...]:
        decay = math.exp(-friction * step / letters.count("O"))
        return decay, math.sqrt(
            temperature * -math.expm1(-2.0 * friction * step / letters.count("O")) / step
        )

    return parameters


def _sampler(letters: str, reference: str) -> Sampler:
    return Sampler(
        letters.lower(),
        lambda d: splitting(letters, d),
        _decay(letters),
        2,
        letters.count("O"),
        True,
        False,
        False,
        reference,
    )


SAMPLERS = tuple(
    _sampler(letters, reference)
    for letters, reference in (
        ("BAOAB", "Leimkuhler and Matthews 2013"),
        ("ABOBA", "Leimkuhler and Matthews 2013"),
        ("OBABO", "Bussi and Parrinello 2007"),
        ("OABAO", "Leimkuhler and Matthews 2015"),
        ("BAOA", "Kieninger and Keller 2022"),
    )
)
