"""The backward equation: the mean of f(X_T) as a function of the start, without paths.

For dX = a dt + b dW, read as Ito's equation, and a killing rate V

    u(T, x) = E[exp(-int_0^T V(X_t) dt) f(X_T) | X_0 = x]

solves u_t = a u_x + b^2 u_xx/2 - V u from u(0, x) = f(x) (Kolmogorov 1931, and Feynman and Kac with
V). `cells` divides the interval, and `volumes` solves, on three grids with cells of h, 2 h and 4 h.
The error on each is a series in h^2, of which `extrapolation` takes out two terms. `layers` refuses
cells that are too long to show where the series ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.kolmogorov.backward_arguments import (
    read_breaks,
    read_killing,
    read_wall,
    read_wall_values,
    read_walls,
)
from stochcalc.kolmogorov.backward_solution import BackwardSolution, list_nodes
from stochcalc.kolmogorov.cells import Piece, cut
from stochcalc.kolmogorov.coefficients import read_function
from stochcalc.kolmogorov.extrapolation import extrapolate
from stochcalc.kolmogorov.layers import check_layers
from stochcalc.kolmogorov.line import check_order
from stochcalc.kolmogorov.read_coefficients import read_coefficients
from stochcalc.kolmogorov.volumes import build_chain, find_shares, mix
from stochcalc.sde import SDE
from stochcalc.typing import Array, TestFunction

MOST_CELLS = 100_000
LONGEST = 1e15  # a time, times the fastest rate, of which roundings leave something
MOST_GROWTH = 100.0  # the logarithm of it
SPREAD = (0.083, 0.227, 0.341, 0.463, 0.614, 0.758, 0.871, 0.967)  # of a piece
REMEDY = "end the interval before its zero: move low= or high="


@hint_names
def backward_equation(
    sde: SDE,
    f: TestFunction,
    T: float,
    low: float,
    high: float,
    *,
    killing: float | TestFunction = 0.0,
    walls: str | Sequence[str] = "reflecting",
    wall_values: float | Sequence[float] = 0.0,
    breaks: ArrayLike = (),
    cells: int = 800,
) -> BackwardSolution:
    r"""Compute the mean of f(X_T) for every start in an interval, by the backward equation.

    Parameters
    ----------
    sde : SDE
        A scalar equation whose coefficients do not change with time, read with any lambda. Its
        derivatives are not needed.
    f : callable
        A function of the state at the end, called in Python.
    T : float
        The time, above 0.
    low, high : float
        The ends of the interval, at which walls are. For an equation on the whole line they are
        placed where paths hardly get by T, such as eight standard deviations away.
    killing : float or callable
        The rate V, or V(x), at which paths are killed, or money is discounted.
    walls : {"reflecting", "absorbing"}, or a pair of them
        What happens at both ends, or at the lower and the upper one.
    wall_values : float, or a pair of floats
        What a path is worth that is absorbed, from that time on; 0 if it is lost.
    breaks : array_like
        Where f, the killing rate or the coefficients have a kink or a jump. Without them the answer
        is much less accurate, and `error` says so. A peak of f that is narrower than a cell is not
        seen at all, nor by `error`.
    cells : int
        How many cells the interval has, from 16 to 100,000. They are short where the noise is
        small, so that it takes paths the same time to get through each; four of them must not take
        longer than T.

    Returns
    -------
    BackwardSolution
        It is called with starts x; `error(x)` says how far its values may be off.

    Raises
    ------
    TypeError, ValueError
        For a system, for coefficients that change with time or fail, for a diffusion that is 0
        somewhere in the interval, for ends that are infinite or not in order, for functions that
        return no finite number, for cells in which the drift is too strong, or that are too long
        for T or for the killing rate next to a break or a wall that absorbs.

    Notes
    -----
    .. math::

        \frac{\partial u}{\partial t} = a \, \frac{\partial u}{\partial x}
        + \frac{b^2}{2} \, \frac{\partial^2 u}{\partial x^2} - V u, \qquad
        u(T, x) = E\big[e^{-\int_0^T V(X_t) \, \dd t} f(X_T) \,\big|\, X_0 = x\big]

    Finite volumes in the coordinate in which the noise is constant, extrapolated from cells of h,
    2 h and 4 h to order h^6, and Radau's method of order 11 in time, whose error is far below. At a
    wall that absorbs, u is the value of the wall; at one that reflects, nothing flows through.

    References
    ----------
    I. Karatzas and S. E. Shreve, Brownian Motion and Stochastic Calculus (1991), section 5.7;
    E. Hairer and G. Wanner, Solving Ordinary Differential Equations II (1996), section IV.5.
    [karatzasshreve1991] [hairerwanner1996]

    Examples
    --------
    A call on a stock at 100 with the strike 100, discounted at the rate 0.05: Black and Scholes
    have 10.450584.

    >>> from stochcalc.models import gbm
    >>> stock = gbm(0.05, 0.2)
    >>> call = lambda x: max(x - 100.0, 0.0)
    >>> u = backward_equation(stock, call, 1.0, 20.0, 500.0, killing=0.05, breaks=[100.0])
    >>> round(u(100.0), 5), u.error(100.0) < 1e-4
    (10.45058, True)

    The probability that Brownian motion stays between -1 and 1 until time 1:

    >>> from stochcalc.sde import SDE
    >>> motion = SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    >>> stays = backward_equation(motion, lambda x: 1.0, 1.0, -1.0, 1.0, walls="absorbing")
    >>> round(stays(0.0), 6)
    0.370777
    """
    T = checks.number("T", T, above=0.0)
    low = read_wall("low", low)
    high = read_wall("high", high)
    check_order(low, high)
    cells = checks.integer("cells", cells, 16, MOST_CELLS)
    read_function("f", f)
    rate = read_killing(killing)
    absorbing = read_walls(walls)
    values = read_wall_values(wall_values, absorbing)
    points = read_breaks(breaks, low, high)
    middle = 0.5 * (points[0] + points[1])
    spread = np.concatenate([a + (b - a) * np.array(SPREAD) for a, b in pairwise(points)])
    coefficients = read_coefficients(sde, middle, spread, "backward_equation", REMEDY)
    pieces = cut(coefficients, points, cells)
    ends = [piece.evaluate("f", f) for piece in pieces]
    rates = [piece.evaluate("killing", rate) for piece in pieces]
    check_layers(pieces, rates, absorbing, T, cells, MOST_CELLS)
    fine, medium, coarse = (
        _solve(pieces, stride, ends, rates, absorbing, values, T) for stride in (1, 2, 4)
    )
    best, errors = extrapolate(pieces, fine, medium, coarse)
    return BackwardSolution(
        sde=sde,
        lam=sde.lam,
        T=T,
        x=list_nodes(pieces),
        values=best,
        errors=errors,
        info={"walls": walls, "breaks": points[1:-1]},
        pieces=pieces,
    )


def _solve(
    pieces: Sequence[Piece],
    stride: int,
    ends: Sequence[Array],
    rates: Sequence[Array],
    absorbing: tuple[bool, bool],
    values: tuple[float, float],
    T: float,
) -> Array:
    """Return u at every stride-th node."""
    chain = build_chain(pieces, stride, rates, absorbing)
    growth = T * float(-chain.killing.min())
    if growth > MOST_GROWTH:
        raise ValueError(
            f"killing has values down to {chain.killing.min():g}, so that means grow up to "
            f"e^{growth:.3g} by T={T:g}: give a shorter T, or a killing rate that is larger"
        )
    if T * chain.fastest > LONGEST:
        raise ValueError(
            f"T={T:g} is too long for rates up to {chain.fastest:.3g} on cells so short: give a "
            "shorter T, or use stationary_density for the law after a long time"
        )
    u = mix([end[::stride] for end in ends], find_shares(pieces))
    for absorbs, end, value in zip(absorbing, (0, -1), values):
        if absorbs:
            u[end] = value
    return chain.advance(u, T)
