"""One step of every scheme is the formula of its paper, written out a second time, for coefficients
that move with time.

`numbers` takes a float, `systems` two components and two noises that do not commute; both run the
same formula, sums and all. Schemes that a tableau defines, sriw1 and sra1, are compared with it in
test_schemes."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from stochcalc import METHODS
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.methods.theta import theta_method

T, H, C = 0.3, 0.25, 0.7  # t, dt and the argument of the coefficients
AREA = np.array([[0.0, 0.05], [-0.05, 0.0]])
NUMBERS, SYSTEMS = [0.41, -0.63], [(0.41, -0.63), (-0.2, 0.55)]


# ---- coefficients: of a number, and of a pair


def a1(t, x, c):
    return np.sin(x) + c * t


def b1(t, x, c):
    return np.cos(x) * (1.0 + c * t)


def db1(t, x, c):
    return -np.sin(x) * (1.0 + c * t)


def a2(t, x, c):
    return np.array([np.sin(x[1]) + c * t, -x[0] * x[1] * (1.0 + t)])


def b2(t, x, c):
    return np.array(
        [[np.cos(x[0]) * (1.0 + t), c * x[1] * t], [0.3 * x[0] * x[1], np.sin(x[1]) + t * t]]
    )


def db2(t, x, c):
    """[i, j, k] = d b_ij / d x_k."""
    return np.array(
        [
            [[-np.sin(x[0]) * (1.0 + t), 0.0], [0.0, c * t]],
            [[0.3 * x[1], 0.3 * x[0]], [0.0, np.cos(x[1])]],
        ]
    )


def da2(t, x, c):
    return np.array([[0.0, np.cos(x[1])], [-x[1] * (1.0 + t), -x[0] * (1.0 + t)]])


def matrix(function):
    """What a step takes for a function that returns entries."""
    return lambda t, x, *args: Matrix(function(t, x, *args).reshape(2, -1))


def areas(name, none):
    return (none,) if "A" in METHODS[name].drivers or "V" in METHODS[name].drivers else ()


def assert_step_of_a_number(name, formula, dW, *, slope=(), lam=()):
    found = METHODS[name].step(a1, b1, *slope, T, 0.8, H, dW, *areas(name, 0.0), (C,), *lam)
    due = formula(
        lambda t, x: np.array([a1(t, x[0], C)]),
        lambda t, x: np.array([[b1(t, x[0], C)]]),
        T,
        np.array([0.8]),
        H,
        np.array([dW]),
        np.zeros((1, 1)),
    )
    assert found == pytest.approx(due[0], rel=1e-13)


def assert_step_of_a_system(name, formula, dW, *, slope=(), lam=()):
    x, dW = np.array([0.8, -1.1]), np.array(dW)
    found = METHODS[name].step(
        a2, matrix(b2), *slope, T, x, H, dW, *areas(name, Matrix(AREA)), (C,), *lam
    )
    due = formula(functools.partial(a2, c=C), functools.partial(b2, c=C), T, x, H, dW, AREA)
    np.testing.assert_allclose(found, due, rtol=1e-13)


# ---- formulas: a(t, x) a vector, b(t, x) a matrix whose columns are the noises, w = dW


def euler(a, b, t, x, h, w, A):
    return x + a(t, x) * h + b(t, x) @ w


def heun(a, b, t, x, h, w, A):
    end = euler(a, b, t, x, h, w, A)
    return x + (a(t, x) + a(t + h, end)) * h / 2 + b(t, x) @ w / 2 + b(t + h, end) @ w / 2


def evans(lam):
    """The noise read between the ends of the step, with the weights 1 - lam and lam."""

    def formula(a, b, t, x, h, w, A):
        mixed = (1 - lam) * b(t, x) + lam * b(t + h, euler(a, b, t, x, h, w, A))
        return x + a(t, x) * h + mixed @ w

    return formula


def roessler(lam):
    """The stages H^(k) see b_l I_lk / sqrt(h), I the integrals of Ito (lam = 0) or Stratonovich."""

    def formula(a, b, t, x, h, w, A):
        noises, ahead = range(len(w)), x + a(t, x) * h
        y = x + a(t, x) * h / 2 + a(t + h, ahead + b(t, x) @ w) * h / 2 + b(t, x) @ w
        for k in noises:
            integral = [w[j] * w[k] / 2 + A[j, k] - (0.5 - lam) * h * (j == k) for j in noises]
            aside = sum(b(t, x)[:, j] * integral[j] for j in noises) / math.sqrt(h)
            y = y + math.sqrt(h) / 2 * (
                b(t + h, ahead + aside)[:, k] - b(t + h, ahead - aside)[:, k]
            )
        return y

    return formula


def platen(a, b, t, x, h, w, V):
    """Order 2.0 weak: columns after the step for the noise itself, before it for the others."""
    noises, ahead = range(len(w)), x + a(t, x) * h
    y = x + (a(t, x) + a(t + h, ahead + b(t, x) @ w)) * h / 2
    for k in noises:
        column = b(t, x)[:, k]
        up, down = (b(t + h, ahead + sign * column * math.sqrt(h))[:, k] for sign in (1, -1))
        y = (
            y
            + (up + down + 2 * column) * w[k] / 4
            + (up - down) * (w[k] ** 2 - h) / (4 * math.sqrt(h))
        )
        aside = sum(
            (b(t, x)[:, j] * (w[j] * w[k] / 2 + V[j, k]) for j in noises if j != k), 0 * x
        ) / math.sqrt(h)
        above, below = (b(t, x + sign * aside)[:, k] for sign in (1, -1))
        y = y + (above + below - 2 * column) * w[k] / 4 + (above - below) * math.sqrt(h) / 2
    return y


def milstein(lam, slopes):
    """slopes(t, x)[i, j, k] = d b_ij / d x_k."""

    def formula(a, b, t, x, h, w, A):
        y, d, m = euler(a, b, t, x, h, w, A), len(x), len(w)
        for i, j, k, r in np.ndindex(d, m, d, m):
            integral = (w[r] * w[j] - (1 - 2 * lam) * h * (r == j)) / 2 + A[r, j]
            y[i] += slopes(t, x)[i, j, k] * b(t, x)[k, r] * integral
        return y

    return formula


def tamed(a, b, t, x, h, w, A):
    return x + a(t, x) * h / (1 + math.hypot(*a(t, x)) * h) + b(t, x) @ w


# ---- a number, and a system of general noise

FORMULAS = {
    "euler_maruyama": euler,
    "heun": heun,
    "sri2": roessler(0.0),
    "srs2": roessler(0.5),
    "weak2": platen,
}


@pytest.mark.parametrize("dW", NUMBERS)
@pytest.mark.parametrize("name", [*FORMULAS, "tamed_euler"])
def test_a_step_of_a_number_is_the_formula_of_the_paper(name, dW):
    assert_step_of_a_number(name, (FORMULAS | {"tamed_euler": tamed})[name], dW)


@pytest.mark.parametrize("dW", SYSTEMS)
@pytest.mark.parametrize("name", FORMULAS)
def test_a_step_of_a_system_with_noises_that_do_not_commute_is_the_formula_of_the_paper(name, dW):
    assert_step_of_a_system(name, FORMULAS[name], dW)


@pytest.mark.parametrize("lam", [0.0, 0.25, 0.5, 1.0])
def test_lambda_euler_and_milstein_take_the_noise_as_lambda_reads_it(lam):
    assert_step_of_a_number("lambda_euler", evans(lam), 0.41, lam=(lam,))
    assert_step_of_a_system("lambda_euler", evans(lam), (0.41, -0.63), lam=(lam,))
    number = milstein(lam, lambda t, x: np.full((1, 1, 1), db1(t, x[0], C)))
    assert_step_of_a_number("milstein", number, 0.41, slope=(db1,), lam=(lam,))
    system = milstein(lam, functools.partial(db2, c=C))
    assert_step_of_a_system("milstein", system, (0.41, -0.63), slope=(matrix(db2),), lam=(lam,))


def test_taming_shortens_a_vector_of_drifts_by_its_length():
    x, dW = np.array([0.8, -1.1]), np.array([0.41, -0.63])
    found = METHODS["tamed_euler"].step(
        *(lambda t, x, c, f=f: f(t, x[:, 0], c)[:, None] for f in (a2, lambda *_: dW)),
        T,
        x[:, None],
        H,
        1.0,
        (C,),
    )  # an axis of paths: along the other one lies the vector
    due = tamed(functools.partial(a2, c=C), lambda t, x: np.diag(dW), T, x, H, np.ones(2), None)
    np.testing.assert_allclose(found[:, 0], due, rtol=1e-13)


@pytest.mark.parametrize("dW", NUMBERS)
def test_milstein_without_derivatives_looks_a_standard_deviation_beyond_the_drift_at_the_time_of_the_start(  # noqa: E501
    dW,
):
    x = np.array([0.8, -1.1])  # two equations at once, each with a noise of its own
    beyond = x + a1(T, x, C) * H + b1(T, x, C) * math.sqrt(H)
    due = (
        x
        + a1(T, x, C) * H
        + b1(T, x, C) * dW
        + (b1(T, beyond, C) - b1(T, x, C)) / math.sqrt(H) * (dW**2 - H) / 2
    )
    np.testing.assert_allclose(
        METHODS["milstein_free"].step(a1, b1, T, x, H, dW, (C,)), due, rtol=1e-13
    )


# ---- implicit


@pytest.mark.parametrize("theta", [0.5, 1.0])
def test_a_step_of_theta_solves_its_equation(theta):
    def left_over(a, b, x, y, dW):
        return y - x - (1 - theta) * a(T, x, C) * H - theta * a(T + H, y, C) * H - b(T, x, C) @ dW

    step = theta_method(theta).step
    found = step(a1, lambda t, x, c: np.cos(x), b1, T, 0.8, H, 0.41, (C,))
    one = left_over(a1, lambda t, x, c: np.full((1, 1), b1(t, x, c)), 0.8, found, np.array([0.41]))
    x, dW = np.array([0.8, -1.1]), np.array([0.41, -0.63])
    two = left_over(a2, b2, x, step(a2, matrix(da2), matrix(b2), T, x, H, dW, (C,)), dW)
    np.testing.assert_allclose([*one, *two], 0.0, atol=1e-12)


def test_newton_takes_the_slope_of_the_drift_at_the_end_of_the_step():
    """a = -400 t x from t = 0: the slope at the start is 0, with which Newton's method would
    diverge.
    """
    found = METHODS["theta"].step(
        lambda t, x: -400 * t * x, lambda t, x: -400 * t, lambda t, x: 0.0, 0.0, 1.0, H, 0.0, ()
    )
    assert found == pytest.approx(1 / (1 + 400 * H * H), rel=1e-14)


def test_a_step_of_theta_that_has_not_settled_is_nan_and_all_others_solve_their_equation():
    x = np.geomspace(
        1.0, 1e4, 3001
    )  # from afar Newton's method on a cubic takes more iterations than it is given
    with np.errstate(invalid="ignore"):
        y = METHODS["theta"].step(
            lambda t, y: y - y**3, lambda t, y: 1 - 3 * y**2, lambda t, y: 0 * y, T, x, H, 0.0, ()
        )
    settled = np.isfinite(y)
    assert settled[:1500].all() and not settled[-500:].any()
    y, x = y[settled], x[settled]
    assert (abs(y - x - (y - y**3) * H) < 1e-7 * x).all()


def test_newton_on_a_double_root_halves_its_error_and_is_not_taken_as_settled():
    """y^2 = 0 for y - x - h a(y): after twelve halvings the last correction is 2^-12."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = METHODS["theta"].step(
            lambda t, y: (y - 1 - y * y) / H,
            lambda t, y: (1 - 2 * y) / H,
            lambda t, y: 0.0,
            T,
            np.float64(1.0),
            H,
            0.0,
            (),
        )
    assert math.isnan(found)
