"""What an SDE claims about its noise, tried in plain Python before anything is compiled.

A claim that fails makes a scheme converge to another equation, or with another order, in silence:
"diagonal" noise whose k-th entry depends on another state, "additive" noise that depends on the
state, "commuting" noise that does not commute, a derivative that is not one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from stochcalc.engine.registers.slopes import differentiate_all, differentiate_own
from stochcalc.sde import CENTRAL, SDE
from stochcalc.typing import Array, State

ONE_AT_A_TIME = 16  # components of a system that are moved one by one
# Relative: a difference quotient is right to about 1e-9, unless the function bends sharply there.
TOLERANCE = 1e-4
NARROW = 1.0 / 64.0  # of the usual distance of a difference quotient


def check_claims(sde: SDE, t: float, x: State) -> None:
    """Refuse noise that is not of its declared kind, and derivatives that are not derivatives.

    Derivatives are compared with difference quotients, at the start and beside it. Where a function
    fails beside the start there is nothing to compare, and nothing is refused.

    Parameters
    ----------
    sde : SDE
        An equation in functions of floats.
    t, x : float, and float or tuple of floats
        The start.

    Raises
    ------
    ValueError
        If a claim is wrong.
    """
    for place in (x, _move(x)):
        fault = _find_fault(sde, t, x, place)
        if fault is not None:
            raise ValueError(fault)


def _find_fault(sde: SDE, t: float, x: State, place: State) -> str | None:
    """Return what is wrong with the noise or the derivatives at a place, or None."""
    try:
        fault = _check_noise(sde, t, x, place)
        for name in ("diffusion_dx", "drift_dx"):
            if fault is None:
                fault = _check_derivative(sde, name, t, place)
    except Exception:  # the user's function, outside its domain
        return None
    return fault


def _check_noise(sde: SDE, t: float, x: State, place: State) -> str | None:
    """Return what is wrong with the kind of noise that is declared, or None."""
    if sde.noise == "additive":
        return _check_additive(sde, t, x, place)
    if sde.noise == "commuting":
        return _check_commuting(sde, t, place)
    if sde.noise == "diagonal" and isinstance(x, tuple):
        return _check_diagonal(sde, t, place)
    return None


def _move(x: State) -> State:
    """Return a state beside x: each component is moved by another share of itself."""
    if isinstance(x, float):
        return 1.1 * x + 0.1
    return tuple(value * (1.0 + 0.1 / (k + 1)) + 0.1 * (k + 1) for k, value in enumerate(x))


def _check_additive(sde: SDE, t: float, x: State, place: State) -> str | None:
    """Return how additive noise depends on the state, or None."""
    here = sde.diffusion(t, x, *sde.args)
    moved = sde.diffusion(t, place, *sde.args)
    if here != moved:
        return (
            f"diffusion is {here} at x={x} and {moved} at x={place}, and noise='additive' allows "
            "no dependence on x: use noise='diagonal' or 'general'"
        )
    return None


def _check_diagonal(sde: SDE, t: float, x: tuple[float, ...]) -> str | None:
    """Return how an entry of diagonal noise depends on another component, or None."""
    here = sde.diffusion(t, x, *sde.args)
    for group in _groups(len(x)):
        place = tuple(_beside(value) if k in group else value for k, value in enumerate(x))
        there = sde.diffusion(t, place, *sde.args)
        for i, (before, after) in enumerate(zip(here, there)):
            if i not in group and before != after and np.isfinite(after):
                return _culprit(sde, t, x, i, group)
    return None


def _beside(value: float) -> float:
    """Return a number beside another, at a distance that suits its size."""
    return value + 0.01 * (1.0 + abs(value))


def _groups(d: int) -> Iterator[set[int]]:
    """Yield sets of components to move together, so that any two are told apart by one of the sets.

    In a small system every component is a set. In a large one a set holds the components whose
    numbers have a certain bit in common: there are 2 log2(d) sets instead of d.
    """
    if d <= ONE_AT_A_TIME:
        for k in range(d):
            yield {k}
        return
    for bit in range((d - 1).bit_length()):
        for value in (0, 1):
            yield {k for k in range(d) if (k >> bit) & 1 == value}


def _culprit(sde: SDE, t: float, x: tuple[float, ...], i: int, group: set[int]) -> str:
    """Return a text that says on which component of a group the i-th entry of the noise depends."""
    before = sde.diffusion(t, x, *sde.args)[i]
    for k in sorted(group):
        place = (*x[:k], _beside(x[k]), *x[k + 1 :])
        after = sde.diffusion(t, place, *sde.args)[i]
        if after != before:
            break
    return (
        f"diffusion[{i}] depends on x[{k}] ({before:g} and {after:g}, with x[{k}] moved from "
        f"{x[k]:g}), and noise='diagonal' allows b_i to depend on t and x[i] only: return {len(x)} "
        "rows and use noise='general'"
    )


def _check_commuting(sde: SDE, t: float, x: State) -> str | None:
    """Return which two noises do not commute, or None.

    Noises j and k commute if sum_l b_lj d_l b_ik is symmetric in j and k (Kloeden and Platen 1992,
    equation 10.3.13).
    """
    b = _numbers(sde.diffusion(t, x, *sde.args))
    slopes = _numbers(differentiate_all(sde.diffusion, t, x, sde.args))
    along = np.einsum("lj,ikl->ijk", b, slopes)
    defect = np.abs(along - along.transpose(0, 2, 1))
    if np.isfinite(along).all() and defect.max() > TOLERANCE * max(1e-3, np.abs(along).max()):
        i, j, k = np.unravel_index(int(defect.argmax()), defect.shape)
        return (
            f"noises {j} and {k} do not commute at x={x}: sum_l b_lj d_l b_ik is "
            f"{along[i, j, k]:.4g} for (j, k) = ({j}, {k}) and {along[i, k, j]:.4g} for "
            f"({k}, {j}), i = {i}: use noise='general'"
        )
    return None


def _check_derivative(sde: SDE, name: str, t: float, x: State) -> str | None:
    """Return where a derivative differs from difference quotients, or None."""
    function = getattr(sde, name.removesuffix("_dx"))
    claimed = sde.function(name)
    if claimed is None:
        return None
    slope = differentiate_own if _is_own(sde, name, t, x) else differentiate_all
    quotient = _numbers(slope(function, t, x, sde.args))
    wide = _numbers(slope(function, t, x, sde.args, 4.0))
    narrow = _numbers(slope(function, t, x, sde.args, NARROW))
    if getattr(sde, name) == CENTRAL:
        return _check_widths(name, t, x, quotient, narrow)
    given = _numbers(claimed(t, x, *sde.args))
    if quotient.shape != given.shape:
        return None  # the probe that follows says what is wrong
    if not np.isfinite(quotient).all() or not np.isfinite(given).all():
        return None
    # Where the function bends, quotients of two widths differ from each other.
    off = np.abs(given - quotient) - 2.0 * np.abs(quotient - wide)
    if np.isfinite(narrow).all():
        off = np.minimum(off, np.abs(given - narrow) - 2.0 * np.abs(narrow - quotient))
    if off.max() > 10.0 * TOLERANCE * max(1e-2, np.abs(given).max(), np.abs(quotient).max()):
        at = np.unravel_index(int(off.argmax()), off.shape)
        where = "".join(f"[{i}]" for i in at)
        return (
            f"{name}({t:g}, {x}){where} = {given[at]:.6g}, and the slope of "
            f"{name.removesuffix('_dx')} is {quotient[at]:.6g} there: give its derivative by x, "
            f"or {name}='central'"
        )
    return None


def _check_widths(name: str, t: float, x: State, quotient: Array, narrow: Array) -> str | None:
    """Return where a central difference depends on its width, or None.

    Its half width is about 1e-5 (1 + |x|), which is too large for a function that varies over a
    shorter distance.
    """
    if not np.isfinite(quotient).all() or not np.isfinite(narrow).all():
        return None
    off = np.abs(quotient - narrow)
    if off.max() <= 10.0 * TOLERANCE * max(1e-2, np.abs(quotient).max(), np.abs(narrow).max()):
        return None
    at = np.unravel_index(int(off.argmax()), off.shape)
    where = "".join(f"[{i}]" for i in at)
    return (
        f"{name}='central' at ({t:g}, {x}){where} is {quotient[at]:.6g}, and {narrow[at]:.6g} over "
        f"a distance {1 / NARROW:.0f} times shorter: the function varies too fast there, so give "
        f"the derivative, {name}=lambda t, x: ..., or measure x in another unit"
    )


def _is_own(sde: SDE, name: str, t: float, x: State) -> bool:
    """Return whether a derivative is that of each component by its own x_i."""
    if isinstance(x, float):
        return True
    if name != "diffusion_dx" or sde.noise not in ("diagonal", "additive"):
        return False
    value = sde.diffusion(t, x, *sde.args)
    return not (isinstance(value, tuple) and isinstance(value[0], tuple))


def _numbers(value: Any) -> Array:
    """Return nested tuples of numbers as an array."""
    return np.array(value, dtype=float)
