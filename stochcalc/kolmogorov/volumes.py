"""The generator on a grid of finite volumes, and its exponential.

A node has the volume that is closer to it than to its neighbours. What flows between two nodes is w
in the middle times the difference of u over the distance, and a node collects it over its volume:

    (A u)_i = (w_(i+1/2) (u_(i+1) - u_i)/h - w_(i-1/2) (u_i - u_(i-1))/h)/(2 m_i) - V_i u_i

with m_i the integral of w over the volume. The rows are those of a Markov chain that jumps to
neighbours: its rates are positive, however strong the drift, and nothing flows out at a wall that
reflects. At a wall that absorbs, u stays what it is.

exp(T A) is applied in steps by the rational function of the Radau IIA method with six stages. It is
of order 11, and its poles have positive real parts, so that each step is a sum of six resolvents of
the chain, which are bounded. The steps begin short enough for the fastest rate and double up to an
eighth of T: what a kink or a jump of f excites is gone by then.

Source: E. Hairer and G. Wanner, Solving Ordinary Differential Equations II (1996), sections IV.3
and IV.5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.kolmogorov.cells import Piece
from stochcalc.typing import Array

STAGES = 6
# Rows are dominated by their diagonals, so that elimination in the order of the nodes is stable.
IN_ORDER: dict[str, Any] = {"permc_spec": "NATURAL", "diag_pivot_thresh": 0.0}
FASTEST = 4.0  # rate times the first step
LARGE_STEPS = 8  # at least, of equal length, the first of which is divided


@dataclass(frozen=True, eq=False)
class Chain:
    """A Markov chain on nodes, killed at some rates.

    Attributes
    ----------
    up, down : ndarray, shape (n + 1,)
        The rates of its jumps to the next node and to that before.
    killing : ndarray, shape (n + 1,)
        The rates at which it is killed.
    """

    up: Array
    down: Array
    killing: Array

    @property
    def fastest(self) -> float:
        """A bound of the sizes of all rates."""
        return float((2.0 * (self.up + self.down) + np.abs(self.killing)).max())

    def advance(self, u: Array, T: float) -> Array:
        """Return exp(T A) u."""
        with hold_interrupts_back():
            from scipy import sparse
            from scipy.sparse.linalg import splu

        diagonal = -self.up - self.down - self.killing
        A = sparse.diags([self.down[1:], diagonal, self.up[:-1]], [-1, 0, 1], format="csc")
        one = sparse.identity(len(u), format="csc")
        for length, count in list_steps(T, self.fastest, T * float(-self.killing.min())):
            solvers = [splu(length * A - pole * one, **IN_ORDER) for pole in POLES]
            for _ in range(count):
                # R(z) = 1 + 2 Re sum c/p z/(z - p): what A leaves alone is left alone to the bit.
                push = length * (A @ u) + 0j
                for weight, solver in zip(WEIGHTS, solvers):
                    u = u + 2.0 * np.real(weight * solver.solve(push))
        return u


def build_chain(
    pieces: Sequence[Piece], stride: int, killing: Sequence[Array], absorbing: tuple[bool, bool]
) -> Chain:
    """Return the chain on every stride-th node of the pieces.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces.
    stride : int
        1, 2 or 4: how many cells of the pieces make one of the chain.
    killing : sequence of ndarray
        The killing rate at all nodes of each piece.
    absorbing : tuple of two bool
        Whether the lower and the upper wall absorb.
    """
    above = find_shares(pieces)
    ups = []
    downs = []
    for j, piece in enumerate(pieces):
        h = stride * piece.h
        nodes = piece.log_w[:: 2 * stride]
        middles = piece.log_w[stride :: 2 * stride]
        up = 0.5 * np.exp(middles - nodes[:-1]) / h**2
        down = 0.5 * np.exp(middles - nodes[1:]) / h**2
        up[0] *= 2.0 * above[j]
        down[-1] *= 2.0 * (1.0 - above[j + 1])
        ups.append(up)
        downs.append(down)
    up = np.concatenate([*ups, [0.0]])
    down = np.concatenate([[0.0], *downs])
    rate = mix([values[::stride] for values in killing], above)
    for absorbs, end in zip(absorbing, (0, -1)):
        if absorbs:
            up[end] = 0.0
            down[end] = 0.0
            rate[end] = 0.0
    return Chain(up=up, down=down, killing=rate)


def find_shares(pieces: Sequence[Piece]) -> Array:
    """Return which share of the volume at the end of a piece is in the next one, shape (k + 1,).

    It is 1 at the lower wall and 0 at the upper; w has a jump where the diffusion has one.
    """
    sizes = [(piece.log_w[0], piece.log_w[-1], np.log(piece.h)) for piece in pieces]
    shares = [1.0]
    for (_, end, h), (start, _, next_h) in pairwise(sizes):
        shares.append(1.0 / (1.0 + float(np.exp(end + h - start - next_h))))
    return np.array([*shares, 0.0])


def mix(values: Sequence[Array], above: Array) -> Array:
    """Return values on pieces as values at all nodes: means over the volumes where pieces meet."""
    parts = [values[0][:1]]
    for j, value in enumerate(values):
        end = value[-1:]
        if j + 1 < len(values):
            share = above[j + 1]
            end = (1.0 - share) * end + share * values[j + 1][:1]
        parts += [value[1:-1], end]
    return np.concatenate(parts)


def list_steps(T: float, fastest: float, growth: float = 0.0) -> list[tuple[float, int]]:
    """Return steps that add up to T, as pairs of a length and of how many there are of it.

    Parameters
    ----------
    T : float
        The time.
    fastest : float
        The fastest rate.
    growth : float
        The logarithm of the growth over T, which is at most 1 in a step.
    """
    steps = max(LARGE_STEPS, math.ceil(growth))
    large = T / steps
    doublings = 0
    if large * fastest > FASTEST:
        doublings = math.ceil(math.log2(large * fastest / FASTEST))
    first = large * 0.5**doublings
    between = [(first * 2.0**k, 1) for k in range(1, doublings)]
    if doublings == 0:
        return [(large, steps)]
    return [(first, 2), *between, (large, steps - 1)]


def _find_poles() -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the poles p of the stability function R above the real axis, and their weights.

    The weights are the residues over p: R(z) = 1 + sum weight z/(z - p) over all poles.

    It is the Pade approximation of exp with a numerator of degree s - 1 and a denominator of degree
    s: their coefficients are (2 s - 1 - j)! (s - 1)!/((2 s - 1)! j! (s - 1 - j)!) and, with z^j
    for (-z)^j, (2 s - 1 - j)! s!/((2 s - 1)! j! (s - j)!).
    """
    s = STAGES
    f = math.factorial
    whole = f(2 * s - 1)
    above = [f(2 * s - 1 - j) * f(s - 1) / (whole * f(j) * f(s - 1 - j)) for j in range(s)]
    below = [(-1) ** j * f(2 * s - 1 - j) * f(s) / (whole * f(j) * f(s - j)) for j in range(s + 1)]
    numerator = np.polynomial.Polynomial(above)
    denominator = np.polynomial.Polynomial(below)
    poles = denominator.roots()
    poles = poles[poles.imag > 0.0]
    for _ in range(3):  # by Newton's method to the last digit
        poles = poles - denominator(poles) / denominator.deriv()(poles)
    return poles, numerator(poles) / denominator.deriv()(poles) / poles


POLES, WEIGHTS = _find_poles()
