"""What a refusal tells to write is pasted here, and runs."""

from __future__ import annotations

import functools
import math
import re
import warnings

import numpy as np
import pytest

import stochcalc as sc


def one(t, x):
    return 1.0


def pulled(t, x, k):
    return -k * x


def scaled(k, t, x):
    return -k * x


class Pull:
    """A drift that is an object."""

    def __init__(self, k):
        self.k = k

    def __call__(self, t, x):
        return -self.k * x

    def method(self, t, x):
        return -self.k * x


def end(drift, x0=1.0, diffusion=one, **options):
    """The last value of a path, whatever route it takes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # some run in plain Python, with a warning
        sol = sc.solve(sc.SDE(drift, diffusion, **options), x0, 1.0, n=4, key=1, save="last")
    return sol.x.ravel()


# What is pasted, by the text of the message; nothing is evaluated.
PASTED = {
    "drift=f.pyfunc": lambda f: f.pyfunc,
    "drift=lambda t, x: pulled(t, x, k=2.0)": lambda f: lambda t, x: pulled(t, x, k=2.0),
    "drift=lambda t, x: scaled(2.0, t, x)": lambda f: lambda t, x: scaled(2.0, t, x),
    "drift=lambda t, x: f(t, x)": lambda f: lambda t, x: f(t, x),
}


@pytest.mark.parametrize(
    "given",
    [
        np.vectorize(lambda t, x: -2.0 * x),
        functools.partial(pulled, k=2.0),
        functools.partial(scaled, 2.0),
        functools.partial(Pull(2.0)),
        Pull(2.0),
        Pull(2.0).method,
    ],
)
def test_a_callable_that_is_no_function_is_told_what_to_give_instead(given):
    with pytest.raises(TypeError, match="must be a Python function") as told:
        sc.SDE(given, one)
    [written] = re.findall(r"give (drift=.*?)(?:, which runs in plain Python)?$", str(told.value))
    expected = end(lambda t, x: -2.0 * x)
    np.testing.assert_allclose(end(PASTED[written](given)), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "given, written, pasted",
    [
        (np.sin, "f=lambda t, w: np.sin(w)", lambda t, w: np.sin(w)),
        (math.sin, "f=lambda t, w: math.sin(w)", lambda t, w: math.sin(w)),
        (np.hypot, "f=lambda t, w: np.hypot(t, w)", lambda t, w: np.hypot(t, w)),
    ],
)
def test_a_function_of_a_module_is_wrapped(given, written, pasted):
    W = sc.brownian(n=4, key=1)
    with pytest.raises(TypeError, match="must be a Python function") as told:
        sc.ito(given, W)
    assert str(told.value).endswith(f"wrap it, {written}")
    points = [W.t[:-1], W.values[:, :-1]][-getattr(given, "nin", 1) :]
    values = np.vectorize(given)(*np.broadcast_arrays(*points))
    expected = (values * W.increments).sum(axis=1)
    np.testing.assert_allclose(sc.ito(pasted, W), expected, rtol=1e-12)


def test_a_number_is_wrapped():
    with pytest.raises(TypeError, match=r"drift=lambda t, x, \*args: 3\.0$"):
        sc.SDE(3.0, one)
    expected = end(lambda t, x: 3.0)
    np.testing.assert_array_equal(end(lambda t, x, *args: 3.0), expected)


def test_matrix_noise_of_a_number_starts_from_a_list():
    def rows(t, x):
        return ((1.0, 2.0),)

    with pytest.raises(ValueError, match=r"start from x0=\[0\], with drift and diffusion") as told:
        sc.solve(sc.SDE(lambda t, x: 0.0, rows, noise="general"), 0.0, 1.0, n=4, key=1)
    assert "x[0]" in str(told.value)
    sde = sc.SDE(lambda t, x: (0.0 * x[0],), rows, noise="general")
    sol = sc.solve(sde, [0.0], 1.0, n=4, key=1)
    W = sc.brownian(n=4, dim=2, key=1)
    np.testing.assert_allclose(sol.x[..., 0], W.values @ [1.0, 2.0], atol=1e-13)


@pytest.mark.parametrize(
    "written, plain",
    [
        (lambda t, x: np.where(x > 0.5, -x, -2.0 * x), lambda t, x: -x if x > 0.5 else -2.0 * x),
        (lambda t, x: np.clip(x, -1.0, 0.25), lambda t, x: min(max(x, -1.0), 0.25)),
        (lambda t, x: np.clip(x, None, 0.25), lambda t, x: min(x, 0.25)),
        (lambda t, x: np.clip(x, 2, None), lambda t, x: max(x, 2.0)),
        (lambda t, x: x * [1.0, 3.0][int(x > 0.5)], lambda t, x: x * (3.0 if x > 0.5 else 1.0)),
    ],
)
def test_where_and_clip_of_numbers_compile(written, plain):
    sde = sc.SDE(written, one)
    sol = sc.solve(sde, 1.0, 1.0, n=16, paths=300, key=1)
    assert sol.info["route"] == "compiled"
    expected = sc.solve(sc.SDE(plain, one), 1.0, 1.0, n=16, paths=300, key=1)
    np.testing.assert_array_equal(sol.x, expected.x)


def test_where_and_clip_leave_nan_as_it_is():
    sde = sc.SDE(lambda t, x: np.clip(math.sqrt(x), 0.0, 1.0), one)
    with pytest.warns(RuntimeWarning, match="finite range"):
        sol = sc.solve(sde, 0.1, 1.0, n=16, paths=300, key=1)
    below = sol.x[:, :-1] < 0.0
    assert below.any()
    assert np.isnan(sol.x[:, 1:][below]).all()


@pytest.mark.parametrize("given", [lambda t, x: np.array([x[0], x[1]]), lambda t, x: [x[0], x[1]]])
def test_an_array_as_a_coefficient_is_told_of_vectorized(given):
    with pytest.raises(ValueError, match="or say vectorized=True and take x as an array"):
        end(given, (1.0, 2.0), lambda t, x: (1.0, 1.0))


def test_a_product_of_matrices_runs_with_vectorized():
    A = np.array([[-1.0, 0.5], [0.25, -1.0]])
    with pytest.raises(ValueError, match="or say vectorized=True"):
        end(lambda t, x: A @ x, (1.0, 2.0), lambda t, x: (1.0, 1.0))
    value = end(lambda t, x: A @ x, (1.0, 2.0), lambda t, x: (1.0, 1.0), vectorized=True)
    expected = np.array([1.0, 2.0])
    for dW in sc.brownian(n=4, dim=2, key=1).increments[0]:
        expected = expected + A @ expected / 4 + dW
    np.testing.assert_allclose(value, expected, rtol=1e-13)


def test_functions_of_arrays_are_told_the_shapes_that_are_taken():
    with pytest.raises(ValueError, match=r"shape \(3,\) for x of shape \(2, paths\)") as told:
        end(
            lambda t, x: np.array([1.0, 2.0, 3.0]),
            (1.0, 2.0),
            lambda t, x: (1.0, 1.0),
            vectorized=True,
        )
    assert "(2, paths) or (2, 1), a tuple of 2 rows, or one number" in str(told.value)
    column = np.array([[1.0], [2.0]])
    expected = np.array([2.0, 4.0]) + sc.brownian(n=4, dim=2, key=1).values[0, -1]
    for drift in (
        lambda t, x: column,
        lambda t, x: column * np.ones_like(x),
        lambda t, x: (1.0 + 0.0 * x[0], 2.0),
    ):
        value = end(drift, (1.0, 2.0), lambda t, x: (1.0, 1.0), vectorized=True)
        np.testing.assert_allclose(value, expected, rtol=1e-13)


def test_an_integrand_without_the_time_is_told_how_it_is_written():
    W = sc.brownian(n=4, paths=2, rng=1)
    for integrate in (sc.ito, sc.backward, lambda f, W: sc.riemann_limit(f, W, 0.0)):
        with pytest.raises(TypeError, match=r"^f\(w\) is called as f\(t, w\).*") as caught:
            integrate(lambda w: w, W)
        head = re.search(r"write (lambda t, w: )\.\.\.$", str(caught.value))[1]
        assert head == "lambda t, w: "
        assert np.isfinite(integrate(lambda t, w: w, W)).all()
    with pytest.raises(TypeError, match=r"F\(t, w\).*'w'; write lambda w: \.\.\.$"):
        sc.riemann_limit(lambda t, w: w, lambda w: 1.0, W, 0.0)
