"""The exact finite-step error of any scheme on an affine scalar equation: no sampling, no
asymptotics.

One step of a scheme is then X' = R X + S and one of the solution Y' = G Y + H, with (R, S, G, H) a
function of the step's drivers, independent of the past. The error e = X - Y obeys e' = R e + (R -
G) Y + (S - H), so E e^2, E eY, E e, E Y^2, E Y obey a linear recursion whose coefficients are
expectations over the drivers: Gauss-Hermite quadrature of the step function itself. Differences are
taken inside the expectation, so mean squares keep their digits however fine the steps; a bias is
the mean of differences far larger than itself, and that of a scheme of weak order 2 drowns in
rounding beyond some 2^12 steps.
"""

from __future__ import annotations

import math
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.sde import SDE

_PLACES = np.concatenate([-np.geomspace(0.013, 137.0, 31), np.geomspace(0.011, 151.0, 37)])
# The numbers of nodes for dW, for the normal of I10, and for the rest. The rule is exact for
# polynomials, and exact up to rounding for exp(sigma dW).
NODES = (48, 24, 8)


def quadrature(drivers: tuple[str, ...], h: float) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Values of the named drivers of a step of length h at the nodes of a product rule, and the
    weights.
    """
    with interrupts_held_back():
        from scipy.special import roots_hermitenorm

    names = [name for name in ("dW", "I10", "rest") if name in drivers or name == "dW"]
    rules = [roots_hermitenorm(nodes) for nodes, _ in zip(NODES, names)]
    grids = np.meshgrid(*(nodes for nodes, _ in rules), indexing="ij")
    weights = np.ones(grids[0].shape)
    for axis, (_, w) in enumerate(rules):
        weights = weights * (w / w.sum()).reshape(
            [-1 if i == axis else 1 for i in range(len(rules))]
        )
    z = dict(zip(names, (grid.ravel() for grid in grids)))
    values: dict[str, Any] = {
        "dW": math.sqrt(h) * z["dW"],
        "A": 0.0,
        "V": 0.0,
        "rest": z.get("rest"),
    }
    if "I10" in z:
        values["I10"] = 0.5 * h * (values["dW"] + math.sqrt(h / 3.0) * z["I10"])
    return values, weights.ravel()


def step_of(sde: SDE, method: Method, reading: SDE) -> Any:
    """The scheme's step as a function of (t, x, h, values of the drivers)."""
    if method.is_exact:
        assert isinstance(sde, Model) and sde.exact_step is not None
        solution, drivers = sde.exact_step, sde.drivers
        return lambda t, x, h, values: solution(
            t, x, h, *(values[name] for name in drivers), sde.args
        )
    functions = [reading.function(name) for name in method.functions]
    lam = (reading.lam,) if method.calculus == "any" else ()
    return lambda t, x, h, values: method.step(
        *functions, t, x, h, *(values[name] for name in method.drivers), reading.args, *lam
    )


def strong_error(model: Model, method: Method, x0: float, T: float, n: int) -> float:
    """E |X_n - X_T|^2 of a scheme with n equal steps on an affine model with an exact path."""
    return float(_moments(model, method, x0, T, n)[0])


def weak_error(
    model: Model, method: Method, x0: float, T: float, n: int, test: tuple[float, float, float]
) -> float:
    """E f(X_n) - E f(X_T) for f(x) = c0 + c1 x + c2 x^2: with e = X_n - X_T, c1 E e + c2 (E e^2 + 2
    E e X_T).
    """
    squares, cross, error = _moments(model, method, x0, T, n)[:3]
    return float(test[1] * error + test[2] * (squares + 2.0 * cross))


def strong_errors(
    sde: SDE, methods: list[Method], x0: Any, T: float, exponents: Any
) -> dict[str, NDArray[np.float64]]:
    """Root mean square errors with 2**exponent steps, by the name of the scheme, where known."""
    return {
        method.name: np.sqrt([strong_error(sde, method, x0, T, 2**level) for level in exponents])
        for method in methods
        if known(sde, method)
    }


def weak_errors(
    sde: SDE,
    methods: list[Method],
    x0: Any,
    T: float,
    exponents: Any,
    test: tuple[float, float, float],
) -> dict[str, NDArray[np.float64]]:
    """Biases with 2**exponent steps, by the name of the scheme, where known."""
    return {
        method.name: np.abs([weak_error(sde, method, x0, T, 2**level, test) for level in exponents])
        for method in methods
        if known(sde, method)
    }


def polynomial(test: Any, scale: float = 1.0) -> tuple[float, float, float] | None:
    """(c0, c1, c2) if a function of one number is c0 + c1 x + c2 x^2; else None.

    As far as its values up to a hundred times `scale`, on both sides of 0, can tell.
    """
    at = max(1.0, abs(scale))
    places = _PLACES * at
    try:
        with np.errstate(all="ignore"):
            c0, plus, minus = (float(test(x)) for x in (0.0, at, -at))
            found = np.array([float(test(float(x))) for x in places])
    except Exception:  # no polynomial fails anywhere
        return None
    c = (c0, 0.5 * (plus - minus) / at, (0.5 * (plus + minus) - c0) / at**2)
    terms = np.array(
        [np.full(len(places), abs(c[0])), np.abs(c[1] * places), np.abs(c[2]) * places**2]
    )
    exact = c[0] + c[1] * places + c[2] * places**2
    return c if bool((np.abs(found - exact) <= 1e-12 * terms.max(axis=0)).all()) else None


def _moments(model: Model, method: Method, x0: float, T: float, n: int) -> NDArray[np.float64]:
    """E e^2, E eY, E e, E Y^2, E Y, 1 after n steps."""
    h = T / n
    reading = model if method.calculus == "any" else model.interpret(float(method.calculus))
    values, w = quadrature((*model.drivers, *method.drivers), h)
    ours, theirs = step_of(model, method, reading), step_of(model, METHODS["exact"], model)
    one, zero = np.ones(len(w)), np.zeros(len(w))
    S, H = ours(0.0, zero, h, values), theirs(0.0, zero, h, values)
    R, G = ours(0.0, one, h, values) - S, theirs(0.0, one, h, values) - H
    off, shift = R - G, S - H
    state = np.array([0.0, 0.0, 0.0, x0 * x0, x0, 1.0])  # E e^2, E eY, E e, E Y^2, E Y, 1

    def E(values: NDArray[np.float64]) -> float:
        return float(w @ values)

    step = np.array(
        [
            [
                E(R * R),
                2.0 * E(R * off),
                2.0 * E(R * shift),
                E(off * off),
                2.0 * E(off * shift),
                E(shift * shift),
            ],
            [0.0, E(R * G), E(R * H), E(off * G), E(off * H + shift * G), E(shift * H)],
            [0.0, 0.0, E(R), 0.0, E(off), E(shift)],
            [0.0, 0.0, 0.0, E(G * G), 2.0 * E(G * H), E(H * H)],
            [0.0, 0.0, 0.0, 0.0, E(G), E(H)],
            [0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        ]
    )
    for _ in range(n):
        state = step @ state
    return state


def known(model: SDE, method: Method) -> TypeGuard[Model]:
    """Whether `strong_error` answers for this pair: model and step must both be affine in x, which
    the step is asked.
    """
    if (
        not (isinstance(model, Model) and model.affine and model.exact_step is not None)
        or method.is_exact
    ):
        return False
    reading = model if method.calculus == "any" else model.interpret(float(method.calculus))
    if any(reading.function(name) is None for name in method.functions):
        return False
    h = 2.0**-5
    values, _ = quadrature((*model.drivers, *method.drivers), h)
    at = [
        step_of(model, method, reading)(0.0, np.full(len(values["dW"]), x), h, values)
        for x in (0.0, 1.0, -2.5)
    ]
    return bool(np.allclose(at[2] - at[0], -2.5 * (at[1] - at[0]), rtol=1e-9, atol=1e-9))
