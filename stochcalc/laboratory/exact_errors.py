"""The exact finite-step errors of schemes on affine scalar equations, without sampling.

One step of a scheme on such an equation is X' = R X + S, and one step of the solution is Y' = G Y +
H, with (R, S, G, H) a function of the step's drivers that is independent of the past. The error e =
X - Y obeys

    e' = R e + (R - G) Y + (S - H),

so E e^2, E eY, E e, E Y^2 and E Y obey a linear recursion. Its coefficients are expectations over
the drivers, computed by Gauss-Hermite quadrature of the step function itself. Differences are taken
inside the expectation, so mean squares keep their digits however fine the steps. A bias is the mean
of differences far larger than itself, and that of a scheme of weak order 2 is lost in rounding
beyond some 2^12 steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.laboratory.quadratic_tests import Quadratic
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.sde import SDE
from stochcalc.typing import Array

# The numbers of nodes for dW, for the normal of I10, and for the rest. The rule is exact for
# polynomials, and exact up to rounding for exp(sigma dW).
NODES = (48, 24, 8)

Drivers: TypeAlias = Mapping[str, Any]  # the values of the drivers at the nodes, by name
DrivenStep: TypeAlias = Callable[[float, Array, float, Drivers], Any]  # (t, x, h, drivers) -> x


def quadrature(drivers: tuple[str, ...], h: float) -> tuple[dict[str, Any], Array]:
    """Return a product rule for expectations over the drivers of one step.

    Parameters
    ----------
    drivers : tuple of str
        The names of the drivers: "dW", "I10", "rest".
    h : float
        The length of the step.

    Returns
    -------
    values : dict of name to ndarray, shape (nodes,)
        The value of each driver at each node.
    weights : ndarray, shape (nodes,)
        The weights of the nodes, whose sum is 1.
    """
    with hold_interrupts_back():
        from scipy.special import roots_hermitenorm

    names = [name for name in ("dW", "I10", "rest") if name in drivers or name == "dW"]
    rules = [roots_hermitenorm(nodes) for nodes, _ in zip(NODES, names)]
    grids = np.meshgrid(*(nodes for nodes, _ in rules), indexing="ij")
    weights = np.ones(grids[0].shape)
    for axis, (_, w) in enumerate(rules):
        shape = [1] * len(rules)
        shape[axis] = -1
        weights = weights * (w / w.sum()).reshape(shape)
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


def interpret_for(sde: SDE, method: Method) -> SDE:
    """Return the equation in the calculus of a scheme: Ito, Stratonovich, or as it is."""
    if method.calculus == "any":
        return sde
    return sde.interpret(float(method.calculus))


def make_step(sde: SDE, method: Method) -> DrivenStep:
    """Return the step of a scheme on an equation as a function of (t, x, h, drivers).

    Parameters
    ----------
    sde : SDE
        The equation, in any calculus.
    method : Method
        The scheme; for the scheme "exact" the step is that of the model's solution.
    """
    if method.is_exact:
        assert isinstance(sde, Model) and sde.exact_step is not None
        solution = sde.exact_step
        names = sde.drivers
        return lambda t, x, h, drivers: solution(
            t, x, h, *(drivers[name] for name in names), sde.args
        )
    equation = interpret_for(sde, method)
    functions = [equation.function(name) for name in method.functions]
    lam: tuple[float, ...] = ()
    if method.calculus == "any":
        lam = (equation.lam,)
    return lambda t, x, h, drivers: method.step(
        *functions, t, x, h, *(drivers[name] for name in method.drivers), equation.args, *lam
    )


def strong_error(model: Model, method: Method, x0: float, T: float, n: int) -> float:
    """Return E |X_n - X_T|^2 of a scheme on an affine model with an exact path.

    Parameters
    ----------
    model : Model
        The equation.
    method : Method
        The scheme.
    x0 : float
        The start.
    T : float
        The end time.
    n : int
        The number of equal steps.
    """
    return float(_error_moments(model, method, x0, T, n)[0])


def weak_error(model: Model, method: Method, x0: float, T: float, n: int, test: Quadratic) -> float:
    r"""Return the bias E f(X_n) - E f(X_T) of a scheme for a quadratic function f.

    Parameters
    ----------
    model, method, x0, T, n
        As for `strong_error`.
    test : tuple of three floats
        The coefficients of f(x) = c0 + c1 x + c2 x^2.

    Notes
    -----
    With :math:`e = X_n - X_T` it is :math:`c_1 E e + c_2 (E e^2 + 2 E e X_T)`.
    """
    squares, cross, error = _error_moments(model, method, x0, T, n)[:3]
    return float(test[1] * error + test[2] * (squares + 2.0 * cross))


def strong_errors(
    sde: SDE, methods: Sequence[Method], x0: float, T: float, counts: Sequence[int]
) -> dict[str, Array]:
    """Return root mean square errors by the name of the scheme, where they are known.

    Parameters
    ----------
    sde : SDE
        The equation.
    methods : sequence of Method
        The schemes; those whose error is not known are left out.
    x0 : float
        The start.
    T : float
        The length of the interval.
    counts : sequence of int
        The numbers of steps.

    Returns
    -------
    dict of name to ndarray, shape (levels,)

    Examples
    --------
    A slope over coarse steps is not yet the order, which is 1/2 for Euler-Maruyama:

    >>> from stochcalc.models import gbm
    >>> exponents = np.arange(4, 13)
    >>> errors = strong_errors(gbm(2.0, 0.5), [METHODS["euler_maruyama"]], 1.0, 1.0, 2**exponents)
    >>> slope, _ = np.polyfit(-exponents, np.log2(errors["euler_maruyama"]), 1)
    >>> print(f"{slope:.2f}")
    0.72
    """
    return {
        method.name: np.sqrt([strong_error(sde, method, x0, T, n) for n in counts])
        for method in methods
        if has_exact_error(sde, method)
    }


def weak_errors(
    sde: SDE,
    methods: Sequence[Method],
    x0: float,
    T: float,
    counts: Sequence[int],
    test: Quadratic,
) -> dict[str, Array]:
    """Return biases without their signs by the name of the scheme, where they are known.

    Parameters
    ----------
    sde, methods, x0, T, counts
        As for `strong_errors`.
    test : tuple of three floats
        The coefficients of f(x) = c0 + c1 x + c2 x^2.

    Returns
    -------
    dict of name to ndarray, shape (levels,)
    """
    return {
        method.name: np.abs([weak_error(sde, method, x0, T, n, test) for n in counts])
        for method in methods
        if has_exact_error(sde, method)
    }


def has_exact_error(sde: SDE, method: Method) -> TypeGuard[Model]:
    """Tell whether `strong_error` knows the error of this scheme on this equation.

    Both the model and the scheme's step must be affine in x. The model says so; the step is tried
    at three points.
    """
    if method.is_exact:
        return False
    if not (isinstance(sde, Model) and sde.affine and sde.exact_step is not None):
        return False
    equation = interpret_for(sde, method)
    if any(equation.function(name) is None for name in method.functions):
        return False
    h = 2.0**-5
    values, weights = quadrature((*sde.drivers, *method.drivers), h)
    step = make_step(sde, method)
    at_0, at_1, at_other = (
        step(0.0, np.full(len(weights), x), h, values) for x in (0.0, 1.0, -2.5)
    )
    return bool(np.allclose(at_other - at_0, -2.5 * (at_1 - at_0), rtol=1e-9, atol=1e-9))


def _error_moments(model: Model, method: Method, x0: float, T: float, n: int) -> Array:
    """Return (E e^2, E eY, E e, E Y^2, E Y, 1) after n steps."""
    h = T / n
    drivers, w = quadrature((*model.drivers, *method.drivers), h)
    scheme = make_step(model, method)
    solution = make_step(model, METHODS["exact"])
    one = np.ones(len(w))
    zero = np.zeros(len(w))
    S = scheme(0.0, zero, h, drivers)
    H = solution(0.0, zero, h, drivers)
    R = scheme(0.0, one, h, drivers) - S
    G = solution(0.0, one, h, drivers) - H
    off = R - G
    shift = S - H

    def E(values: Array) -> float:
        return float(w @ values)

    # The rows are those of E e^2, E eY, E e, E Y^2, E Y, 1: e' = R e + off Y + shift, Y' = G Y + H.
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
    state = np.array([0.0, 0.0, 0.0, x0 * x0, x0, 1.0])
    for _ in range(n):
        state = step @ state
    return state
