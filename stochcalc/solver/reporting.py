"""What is said of paths that left the finite range: how many, the first, its step and its state."""

from __future__ import annotations

import numpy as np

from stochcalc.engine import checks
from stochcalc.solver.solution import Solution


def report_nonfinite(sol: Solution, path: int, on_nonfinite: str) -> None:
    """Warn of paths that left the finite range, or raise an error.

    The text says at which step the first of them did, and what to do.
    """
    what = f"paths left the finite range, first path {path}"
    others = [name for name in ("tamed_euler", "theta") if name != sol.info["method"]]
    steady = " or ".join(map(repr, others))
    remedy = (
        f"use more steps, or method={steady} where the drift is steep, or a diffusion that is "
        "defined there"
    )
    try:
        one = sol.replay(path)
    except ValueError:  # too many steps to replay in memory
        where = ""
    else:
        where = _first_nonfinite(one)
        if np.isfinite(one.states("the report")).all():
            what = f"paths have a weight that is not finite, first path {path}"
            remedy = "let the functions of the weight be finite wherever a path can go"
    text = (
        f"{sol.nonfinite} of {sol.paths} {what}{where}: {remedy}; their entries are not finite and "
        "the means are nan"
    )
    _say(text, on_nonfinite)


def report_large_weights(sol: Solution, on_nonfinite: str) -> None:
    """Warn of weights that are too large for a float, or raise an error."""
    if sol.weights is None or sol.nonfinite:
        return
    if np.isfinite(np.asarray(sol.weight_moments.mean)).all():
        return
    _say(
        "a weight is beyond the largest float, and the means of weights are not finite: "
        'use a shorter time, a smaller drift or rate, or save="last", whose log_weight has it',
        on_nonfinite,
    )


def _say(text: str, on_nonfinite: str) -> None:
    """Warn, or raise an error."""
    if on_nonfinite == "raise":
        raise FloatingPointError(text)
    checks.warn_user(text)


def _first_nonfinite(one: Solution) -> str:
    """Return a text with the step at which a path left the finite range, and the state before."""
    assert one.x is not None
    states = one.x.reshape(len(one.t), -1)
    known = np.isfinite(states).all(axis=1)
    if one.weights is not None:
        known &= one.log_weight[0] < np.inf  # -inf is the weight 0
    step = int(np.flatnonzero(~known)[0])
    return f" at step {step} (t={one.t[step]:g}) from state {states[max(step - 1, 0)].tolist()}"
