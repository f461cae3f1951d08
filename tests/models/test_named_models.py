"""The named equations beyond gbm and ou: exact paths are closed forms of W, derivatives are slopes,
laws are laws.
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject, seed
from leaf_calls import kernel
from scipy import stats

import stochcalc as sc
from stochcalc.engine.registers.matrix_columns import read_entry
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.engine.registers.vec import mat
from stochcalc.laboratory.exact_errors import quadrature
from stochcalc.models.pinned import bridge_coefficients

models = sc.models
GRID = sc.Partition([0.0, 0.3, 0.4, 0.9])
PATHS = 200_000
BRIDGE = models.bridge(1.5, 0.5, 0.7)
COMMUTING = models.linear_commuting(-0.5, 2.0, 0.3, -0.1, 0.2, 0.4)
NONCOMMUTING = models.linear_noncommuting(
    [[-1.0, 0.2], [0.0, -0.5]], [[0.5, 0.0], [0.0, -0.5]], [[0.0, 0.5], [0.3, 0.0]]
)
ALL = {
    "bridge": (BRIDGE, 0.8),
    "sinh": (models.sinh(0.7, 0.5), -0.4),
    "arctan": (models.arctan(0.6), 0.8),
    "cir": (models.cir(2.0, 0.5, 1.2), 0.3),
    "double_well": (models.double_well(0.8), 0.4),
    "cubic": (models.cubic(1.3), -0.6),
    "linear_commuting": (COMMUTING, (1.0, 0.5)),
    "linear_noncommuting": (NONCOMMUTING, (1.0, -0.5)),
    "clark_cameron": (models.clark_cameron(), (1.0, 0.5)),
    "lorenz": (models.lorenz(), (1.0, 2.0, 20.0)),
}
WITH_PATH = ("bridge", "sinh", "arctan", "linear_commuting", "clark_cameron")


def motion(rng, dim=1, paths=300, grid=GRID):
    return sc.brownian(partition=grid, paths=paths, dim=dim, rng=rng)


def spiral(t, w):
    """The complex exponential behind linear_commuting, from x0 = (1, 1/2)."""
    alpha, beta1, beta2 = -0.5 + 2.0j, 0.3 - 0.1j, 0.2 + 0.4j
    z = (1.0 + 0.5j) * np.exp(
        (alpha - (beta1**2 + beta2**2) / 2) * t + beta1 * w[..., 0] + beta2 * w[..., 1]
    )
    return np.stack([z.real, z.imag], axis=-1)


CLOSED = {
    "sinh": (*ALL["sinh"], lambda t, w: np.sinh(0.7 * t + 0.5 * w + np.arcsinh(-0.4))),
    "arctan": (*ALL["arctan"], lambda t, w: np.arctan(0.6 * w + np.tan(0.8))),
    "arctan, another branch": (
        models.arctan(2.0),
        -4.0,
        lambda t, w: np.arctan(2.0 * w + np.tan(-4.0)) - np.pi,
    ),
    "linear_commuting": (*ALL["linear_commuting"], spiral),
}


@pytest.mark.parametrize("name", CLOSED)
def test_the_exact_path_is_the_closed_form_of_w(rng_seed, name):
    model, x0, closed = CLOSED[name]
    W = motion(rng_seed, max(model.dim, 1))
    X = model.exact(W, x0)
    np.testing.assert_allclose(X, closed(W.t, W.values), rtol=1e-13, atol=1e-14)
    x = np.array(x0)[..., None] + np.zeros(W.paths)  # and the same step runs on arrays of NumPy
    for k, dt in enumerate(W.partition.steps):
        x = model.exact_step(W.t[k], x, dt, (W.values[:, k + 1] - W.values[:, k]).T, model.args)
    np.testing.assert_allclose(np.transpose(x), X[:, -1], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", CLOSED)
def test_the_closed_form_solves_the_equation_by_itos_formula(name):
    model, x0, _ = CLOSED[name]
    m, e, h = max(model.noises, 1), 1e-4, 1e-6

    def f(dt, w):
        return np.array(model.exact_step(0.0, x0, dt, w if model.dim else w[0], model.args))

    ahead, behind = (
        np.array([f(0.0, side * e * np.eye(m)[j]) for j in range(m)]) for side in (1, -1)
    )
    rate, bend = (ahead - behind) / (2 * e), (ahead + behind - 2 * f(0.0, np.zeros(m))) / e**2
    slope = (f(h, np.zeros(m)) - f(-h, np.zeros(m))) / (2 * h)
    np.testing.assert_allclose(
        model.diffusion(0.0, x0, *model.args),
        rate.T if model.dim else rate[0],
        rtol=1e-6,
        atol=1e-8,
    )
    np.testing.assert_allclose(
        model.drift(0.0, x0, *model.args), slope + 0.5 * bend.sum(axis=0), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("name", WITH_PATH)
def test_solving_exactly_gives_the_bits_of_the_exact_path(rng_seed, name):
    model, x0 = ALL[name]
    W = motion(rng_seed, max(model.dim, 1))
    S = sc.brownian(partition=GRID, paths=300, dim=W.dim, key=W.key, store=False)
    X = model.exact(W, x0)
    assert X.shape == (300, 4, *np.shape(x0)) and np.all(X[:, 0] == x0)
    assert_same_bits(X, model.exact(S, x0), sc.solve(model, x0, noise=W, method="exact").x)


@pytest.mark.parametrize("name", ALL)
def test_the_derivatives_are_the_slopes(name):
    model, x0 = ALL[name]
    x, h = np.array(x0), 1e-5
    own = model.dim > 0 and model.noise == "diagonal"
    for f, df in ((model.drift, model.drift_dx), (model.diffusion, model.diffusion_dx)):
        slopes = []
        for e in np.eye(max(model.dim, 1)).reshape(-1, *x.shape) * h:
            ahead, behind = (
                np.array(f(0.2, tuple(y) if model.dim else float(y), *model.args))
                for y in (x + e, x - e)
            )
            slopes.append((ahead - behind) / (2.0 * h))
        due = np.stack(slopes, axis=-1) if model.dim else slopes[0]
        due = np.diagonal(due) if own and f is model.diffusion else due
        np.testing.assert_allclose(df(0.2, x0, *model.args), due, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    "name", [name for name, (model, _) in ALL.items() if model.law is not None]
)
def test_laws_start_from_the_start_and_take_the_shape_of_time(name):
    model, x0 = ALL[name]
    np.testing.assert_allclose(model.mean(0.0, x0), x0, rtol=1e-15)
    assert np.all(model.var(0.0, x0) == 0.0)
    for law in (model.mean, model.var):
        both = law([0.3, 0.9], x0)
        assert np.shape(law(0.3, x0)) == np.shape(x0) and both.shape == (2, *np.shape(x0))
        np.testing.assert_allclose(both[1], law(0.9, x0), rtol=1e-15)
    assert np.all(model.var(0.9, x0) > 0.0)


# ---- the bridge


@pytest.mark.parametrize("q", [1e-6, 0.03, 0.0999, 0.1001, 0.4, 0.95])
def test_the_weights_of_the_bridge_are_those_of_quadrature(q):
    with mpmath.workdps(40):

        def weight(u):
            return (1 - mpmath.mpf(q)) / (1 - q * u)

        p0 = mpmath.quad(weight, [0, 0.5, 0.9, 1])
        p1 = 3 * mpmath.quad(lambda u: weight(u) * (2 * u - 1), [0, 0.5, 0.9, 1])
        rest = mpmath.quad(lambda u: (weight(u) - p0 - p1 * (2 * u - 1)) ** 2, [0, 0.5, 0.9, 1])
    assert bridge_coefficients(q) == pytest.approx([float(p0), float(p1), float(rest)], rel=2e-9)
    assert bridge_coefficients(q)[:2] == pytest.approx([float(p0), float(p1)], rel=1e-12)


@pytest.mark.parametrize("t, h", [(0.0, 0.01), (0.2, 0.6), (0.9, 0.5999)])
def test_a_step_of_the_bridge_has_its_joint_law_with_the_motion_and_its_integral(t, h):
    drivers, w = quadrature(BRIDGE.drivers, h)
    step = BRIDGE.exact_step(t, -1.0, h, *(drivers[name] for name in BRIDGE.drivers), BRIDGE.args)
    r, s = 1.5 - t, 0.7
    mean = w @ step
    assert mean == pytest.approx(0.5 - 1.5 * (1 - h / r), rel=1e-12)
    assert w @ (step - mean) ** 2 == pytest.approx(s * s * h * (r - h) / r, rel=1e-10)
    assert w @ (step * drivers["dW"]) == pytest.approx(
        s * (r - h) * math.log(r / (r - h)), rel=1e-10
    )
    due = s * (r - h) * (h - (r - h) * math.log(r / (r - h)))  # I10 = int (h - u) dW_u
    assert w @ (step * drivers["I10"]) == pytest.approx(due, rel=1e-9)


def test_the_bridge_has_its_law_jointly_with_the_motion(rng_seed):
    W = motion(rng_seed, paths=PATHS, grid=sc.Partition([0.0, 0.3, 0.4, 1.2, 1.5]))
    X, t = BRIDGE.exact(W, -1.0), W.t[1:4]
    assert np.all(X[:, -1] == 0.5)
    mean, var = -1.0 + t, 0.49 * t * (1 - t / 1.5)
    np.testing.assert_allclose([BRIDGE.mean(t, -1.0), BRIDGE.var(t, -1.0)], [mean, var], rtol=1e-13)
    off = X[:, 1:4] - mean
    assert_mean(off, 0.0, sigmas=7, detects=0.02)
    assert_mean(off**2, var, sigmas=7, detects=0.01)
    assert_mean(off[:, 0] * off[:, 2], 0.49 * 0.3 * (1 - 1.2 / 1.5), sigmas=7)
    assert_mean(off[:, 2] * W.values[:, 3], 0.7 * 0.3 * math.log(1.5 / 0.3), sigmas=7)
    assert_law(off[:, 2] / math.sqrt(var[2]), stats.norm, 1e-11, detects=0.02)
    with must_reject("a motion that nothing pulls"):
        assert_mean(off[:, 2] ** 2, 0.49 * 1.2)
    with must_reject("a driver of its own"):
        assert_mean(off[:, 2] * W.values[:, 3], 0.0)


@pytest.mark.parametrize("T, n", [(0.7, 3), (1.0, 1), (1e3, 1001), (math.pi, 997)])
def test_the_bridge_ends_at_its_end_exactly_and_not_later(rng_seed, T, n):
    model = models.bridge(T, -0.3)
    sol = sc.solve(model, 1.0, T, n=n, paths=300, method="exact", rng=rng_seed)
    assert np.all(sol.x[:, -1] == -0.3) and sol.nonfinite == 0
    assert n == 1 or np.all(sol.x[:, -2] != -0.3)
    for method in ("exact", "euler_maruyama"):
        with pytest.warns(RuntimeWarning, match="300 of 300 paths left the finite range"):
            assert (
                sc.solve(model, 1.0, 2.0 * T, n=3, paths=300, method=method, rng=rng_seed).nonfinite
                == 300
            )


# ---- the entry of a matrix, and names


def test_an_entry_in_registers_is_the_entry_of_the_matrix():
    a = np.random.default_rng(seed()).standard_normal((2, 3))

    @kernel
    def every(a, out):
        m = mat(((a[0, 0], a[0, 1], a[0, 2]), (a[1, 0], a[1, 1], a[1, 2])))
        out[0, 0] = read_entry(m, 0, 0)
        out[0, 1] = read_entry(m, 0, 1)
        out[0, 2] = read_entry(m, 0, 2)
        out[1, 0] = read_entry(m, 1, 0)
        out[1, 1] = read_entry(m, 1, 1)
        out[1, 2] = read_entry(m, 1, 2)

    out = np.zeros((2, 3))
    every(a, out)
    assert_same_bits(
        out, a, np.array([[read_entry(Matrix(a), i, j) for j in range(3)] for i in range(2)])
    )


def test_a_model_prints_as_it_is_written():
    assert (
        repr(BRIDGE) == "models.bridge(1.5, 0.5, 0.7)"
        and repr(models.clark_cameron()) == "models.clark_cameron()"
    )
    assert repr(NONCOMMUTING).startswith(
        "models.linear_noncommuting([[-1.0, 0.2], [0.0, -0.5]], [[0.5"
    )
    for model, _ in ALL.values():
        again = eval(repr(model), {"models": models})
        assert np.allclose(again.args, model.args, rtol=1e-5)
