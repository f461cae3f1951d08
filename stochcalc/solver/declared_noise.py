"""What an SDE claims about its noise, tried in plain Python before anything is compiled.

A claim that fails makes a scheme converge to another equation, or with another order, in silence:
"diagonal" noise whose k-th entry depends on another state, "additive" noise that depends on the
state, "commuting" noise that does not commute, a derivative that is not one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.registers.slopes import differentiate_all, differentiate_own
from stochcalc.sde import SDE

# relative: a difference quotient is right to about 1e-9, unless the function bends sharply there
ONE_AT_A_TIME = 16  # components of a system that are moved one by one
TOLERANCE = 1e-4


def check_claims(sde: SDE, t: float, x: Any) -> None:
    """Refuse noise that is not of the kind it is declared, and derivatives that differ from
    difference quotients.

    Where a function fails beside the start there is nothing to compare, and nothing is refused.
    """
    for place in (x, _moved(x)):
        wrong = _wrong(sde, t, x, place)
        if wrong is not None:
            raise ValueError(wrong)


def _wrong(sde: SDE, t: float, x: Any, place: Any) -> str | None:
    """What is wrong with the noise and the derivatives at a place, if anything."""
    kinds = {
        "additive": lambda: _additive(sde, t, x, place),
        "commuting": lambda: _commuting(sde, t, place),
        "diagonal": lambda: _diagonal(sde, t, place) if isinstance(x, tuple) else None,
    }
    trials = [kinds[sde.noise]] if sde.noise in kinds else []
    trials += [
        lambda: _derivative(sde, "diffusion_dx", t, place),
        lambda: _derivative(sde, "drift_dx", t, place),
    ]
    try:
        return next(filter(None, (trial() for trial in trials)), None)
    except (
        ArithmeticError,
        TypeError,
        IndexError,
        ValueError,
    ):  # the user's function, outside its domain
        return None


def _moved(x: Any) -> Any:
    """A state beside x, each component moved by another share."""
    if isinstance(x, float):
        return 1.1 * x + 0.1
    return tuple(value * (1.0 + 0.1 / (k + 1)) + 0.1 * (k + 1) for k, value in enumerate(x))


def _additive(sde: SDE, t: float, x: Any, place: Any) -> str | None:
    here, moved = sde.diffusion(t, x, *sde.args), sde.diffusion(t, place, *sde.args)
    if here != moved:
        return (
            f"diffusion is {here} at x={x} and {moved} at x={place}, and noise='additive' allows "
            f"no dependence on "
            "x: use noise='diagonal' or 'general'"
        )
    return None


def _diagonal(sde: SDE, t: float, x: tuple[float, ...]) -> str | None:
    here = sde.diffusion(t, x, *sde.args)
    for group in _groups(len(x)):
        place = tuple(_beside(value) if k in group else value for k, value in enumerate(x))
        there = sde.diffusion(t, place, *sde.args)
        for i, (before, after) in enumerate(zip(here, there)):
            if i not in group and before != after and np.isfinite(after):
                return _culprit(sde, t, x, i, group)
    return None


def _beside(value: float) -> float:
    return value + 0.01 * (1.0 + abs(value))


def _groups(d: int) -> Iterator[set[int]]:
    """Yield sets of components to move together, so that any two are told apart by one of them.

    One component at a time for small systems. For large ones those whose numbers have a certain bit
    in common: 2 log2(d) sets instead of d.
    """
    if d <= ONE_AT_A_TIME:
        for k in range(d):
            yield {k}
        return
    for bit in range((d - 1).bit_length()):
        for value in (0, 1):
            yield {k for k in range(d) if (k >> bit) & 1 == value}


def _culprit(sde: SDE, t: float, x: tuple[float, ...], i: int, group: set[int]) -> str:
    """Say which component of the group the i-th entry of the noise depends on."""
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


def _commuting(sde: SDE, t: float, x: Any) -> str | None:
    """Noises j and k commute if sum_l b_lj d_l b_ik is symmetric in j and k (Kloeden and Platen
    1992, equation 10.3.13).
    """
    b = _numbers(sde.diffusion(t, x, *sde.args))
    slopes = _numbers(differentiate_all(sde.diffusion, t, x, sde.args))
    along = np.einsum("lj,ikl->ijk", b, slopes)
    defect = np.abs(along - along.transpose(0, 2, 1))
    if np.isfinite(along).all() and defect.max() > TOLERANCE * max(1e-3, np.abs(along).max()):
        i, j, k = np.unravel_index(int(defect.argmax()), defect.shape)
        return (
            f"noises {j} and {k} do not commute at x={x}: sum_l b_lj d_l b_ik is "
            f"{along[i, j, k]:.4g} for (j, k) "
            f"= ({j}, {k}) and {along[i, k, j]:.4g} for ({k}, {j}), i = {i}: use noise='general'"
        )
    return None


def _derivative(sde: SDE, name: str, t: float, x: Any) -> str | None:
    function = getattr(sde, name.removesuffix("_dx"))
    claimed = sde.function(name)
    if claimed is None:
        return None
    own = (
        name == "diffusion_dx"
        and sde.noise in ("diagonal", "additive")
        and not _is_matrix(sde, t, x)
    )
    slope = differentiate_own if own or isinstance(x, float) else differentiate_all
    quotient = _numbers(slope(function, t, x, sde.args))
    wide = _numbers(slope(function, t, x, sde.args, 4.0))
    given = _numbers(claimed(t, x, *sde.args))
    if quotient.shape != given.shape or not (
        np.isfinite(quotient).all() and np.isfinite(given).all()
    ):
        return None  # the probe that follows says what is wrong
    off = np.abs(given - quotient) - 2.0 * np.abs(
        quotient - wide
    )  # where it bends, quotients differ among themselves
    if off.max() > 10.0 * TOLERANCE * max(1e-2, np.abs(given).max(), np.abs(quotient).max()):
        at = np.unravel_index(int(off.argmax()), off.shape)
        where = f"[{']['.join(str(i) for i in at)}]" if at else ""
        return (
            f"{name}({t:g}, {x}){where} = {given[at]:.6g}, and the slope of "
            f"{name.removesuffix('_dx')} is "
            f"{quotient[at]:.6g} there: give its derivative by x, or {name}='central'"
        )
    return None


def _is_matrix(sde: SDE, t: float, x: Any) -> bool:
    value = sde.diffusion(t, x, *sde.args)
    return isinstance(value, tuple) and isinstance(value[0], tuple)


def _numbers(value: Any) -> NDArray[np.float64]:
    return np.array(value, dtype=float)
