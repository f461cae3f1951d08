"""The peers of the schemes, and the check that a peer solves the equation it is raced on.

As in `peers`: float64, one core, compiled and warmed up; each function returns a call that solves
`paths` paths in `n` steps on [0, 1]. Here every call returns the states at the end, (paths,) or
(paths, 2). Those that run on tensors stand in `peers_tensors`.

The 2x2 equation is dX = A X dt + G (X_1, -X_2) dW_1 + G (X_2, X_1) dW_2 from (1, 1): the noises do
not commute, its mean is e^(AT), E |X_T|^2 = 2 e^(2 (A + G^2) T), and read as Stratonovich its drift
is (A - G^2) X."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from benchmarks.measure import Race, optional
from benchmarks.peers import A, B, Call

G, TERMS = 0.3, 2  # of the 2x2 equation; terms of Levy's series for its area
N_PAIR = 200  # steps for which the scheme itself asks for two terms
CHECK_PATHS, CHECK_N = 10_000, 20


def ends(found: Any, paths: int) -> np.ndarray:
    """States at the end, one path a row, from what a candidate returns."""
    array = np.asarray(getattr(found, "x", found))
    if type(found).__module__.startswith("torch"):  # (times, paths, dim), the start among the times
        array = array[-1]
    if array.shape[0] == 1:  # diffrax: (1, [dim,] paths)
        array = array[0]
    if array.shape[0] != paths:  # one component a row
        array = array.T
    return array.reshape(paths, -1)


def solves(
    name: str,
    build: Callable[[int, int], Call],
    mean: float,
    variance: float,
    n: int = CHECK_N,
    of: slice = slice(None),
) -> None:
    """Build a candidate, run it and compare with the exact mean of a component and the sum of the
    components' variances.

    To six standard errors: on the GBM a drift 0.02 off or a noise 8% off is found, and so is Ito
    taken for Stratonovich."""
    x = ends(build(CHECK_PATHS, n)(), CHECK_PATHS)[:, of]
    for what, samples, exact in (
        ("mean", x.mean(axis=1), mean),
        ("variance", ((x - mean) ** 2).sum(axis=1), variance),
    ):
        error = samples.std() / math.sqrt(CHECK_PATHS)
        assert abs(samples.mean() - exact) < 6 * error, (
            f"{name}: {what} {samples.mean():.5f} +- {error:.5f}, not {exact:.5f}"
        )


def linear_moments(
    a: float, square: float, n: int | None = None, extra: float = 0.0
) -> tuple[float, float]:
    """Mean and variance at 1 of dX = a X dt + b X dW, b^2 = square; after n steps of Euler, or
    Milstein: extra = b^4/2.
    """
    if n is None:
        return math.exp(a), math.exp(2 * a) * math.expm1(square)
    mean, h = 1.0 + a / n, 1.0 / n
    return mean**n, (mean * mean + square * h + extra * h * h) ** n - mean ** (2 * n)


def faster(result: Race, ours: str, name: str, share: float = 1.0) -> float:
    """How many times faster ours is, a path-step, than a peer that did this share of the
    path-steps.
    """
    return result.faster(ours, name) / share


# Milstein and Euler by hand


def numpy_milstein(paths: int, n: int) -> Call:
    """All paths at once in a few buffers; the step factored by hand, x (1 + A dt + B dW + B^2 (dW^2
    - dt)/2).
    """
    rng, x, z, w = np.random.default_rng(1), np.empty(paths), np.empty(paths), np.empty(paths)
    dt = 1.0 / n
    root = B * math.sqrt(dt)

    def call() -> object:
        x[:] = 1.0
        for _ in range(n):
            rng.standard_normal(out=z)
            np.multiply(z, 0.5 * root * root, out=w)
            np.add(w, root, out=w)
            np.multiply(w, z, out=w)
            np.add(w, 1.0 + (A - 0.5 * B * B) * dt, out=w)
            np.multiply(x, w, out=x)
        return x

    return call


@numba.njit
def _usual_milstein(paths, n, a, b):
    np.random.seed(1)
    out, dt = np.empty(paths), 1.0 / n
    root = math.sqrt(dt)
    for path in range(paths):
        x = 1.0
        for _ in range(n):
            dW = root * np.random.normal(0.0, 1.0)
            x += a * x * dt + b * x * dW + 0.5 * b * b * x * (dW * dW - dt)
        out[path] = x
    return out


def numba_milstein(paths: int, n: int) -> Call:
    """The loop everybody writes."""
    return lambda: _usual_milstein(paths, n, A, B)


# sdeint: one path at a time, in Python; sdepy: all paths at once, in NumPy; pyito: a Numba loop
# around compiled functions


def _sdeint(scheme: Any, drift: Any, diffusion: Any, start: np.ndarray, paths: int, n: int) -> Call:
    times, rng = np.linspace(0.0, 1.0, n + 1), np.random.default_rng(1)
    return lambda: np.array(
        [scheme(drift, diffusion, start, times, generator=rng)[-1] for _ in range(paths)]
    )


def sdeint_gbm(scheme: str, paths: int, n: int) -> Call:
    """A scheme by name; its Ito schemes only."""
    return _sdeint(
        getattr(optional("sdeint"), scheme),
        lambda x, t: A * x,
        lambda x, t: B * x[:, None],
        np.ones(1),
        paths,
        n,
    )


def sdeint_pair(paths: int, n: int) -> Call:
    """itoSRI2, with as many terms of Levy's series as ours, and no tail."""
    sdeint = optional("sdeint")
    scheme = functools.partial(sdeint.itoSRI2, Imethod=functools.partial(sdeint.Ikpw, n=TERMS))
    return _sdeint(
        scheme,
        lambda x, t: A * x,
        lambda x, t: G * np.array([[x[0], x[1]], [-x[1], x[0]]]),
        np.ones(2),
        paths,
        n,
    )


def import_sdepy() -> Any:
    """Its import makes a pytest mark that strict markers refuse, unless it finds no pytest."""
    sys.modules["pytest"], found = None, sys.modules["pytest"]  # type: ignore[assignment]
    try:
        import sdepy
    except ModuleNotFoundError:
        sdepy = None
    finally:
        sys.modules["pytest"] = found
    return sdepy or optional("sdepy")


def sdepy_gbm(paths: int, n: int) -> Call:
    sdepy = import_sdepy()
    process = sdepy.integrate(lambda t, x: {"dt": A * x, "dw": B * x}, q=0, sources={"dt", "dw"})
    return lambda: np.asarray(
        process(x0=1.0, paths=paths, steps=n, getinfo=False)(timeline=(0.0, 1.0))
    )[-1]


def pyito_gbm(method: str, paths: int, n: int) -> Call:
    pyito = optional("pyito")
    equation = pyito.SDE(
        lambda t, y, args: (args[0] * y[0],),
        lambda t, y, args: args[1] * y[0],
        lambda t, y, args: args[1],
        args=(A, B),
    )

    def call() -> object:
        threads = numba.get_num_threads()
        numba.set_num_threads(1)
        try:
            return pyito.integrate(
                equation, 1.0, (0.0, 1.0), 1.0 / n, method=method, n_paths=paths, seed=1
            )
        finally:
            numba.set_num_threads(threads)

    return call
