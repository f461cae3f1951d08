"""Weak orders: what each scheme declares is what it does, by quadrature without sampling."""

from __future__ import annotations

import functools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, must_reject, sample_size
from scipy.linalg import expm
from scipy.special import roots_hermitenorm

import stochcalc as sc
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.laboratory.exact_errors import has_exact_error, weak_error

NAMES = [name for name in sc.METHODS if name != "exact"]


def local_slope(error, n: int) -> float:
    return math.log2(abs(error(n) / error(2 * n)))


@pytest.mark.parametrize(
    "model", [sc.models.gbm(0.6, 0.5), sc.models.ou(2.0, 0.3, 0.5)], ids=["gbm", "ou"]
)
@pytest.mark.parametrize("name", NAMES)
def test_the_bias_of_mean_and_square_falls_with_the_weak_order(model, name):
    method = sc.METHODS[name]
    if model.noise not in method.strong_order or not has_exact_error(model, method):
        pytest.skip(
            "the scheme claims nothing for this noise, or its step is not affine, as those of "
            "tamed_euler and sriw1"
        )
    slope = local_slope(lambda n: weak_error(model, method, 1.0, 1.0, n, (0.0, 1.0, 1.0)), 512)
    due = method.weak_order[model.noise]
    # additive linear equations are kinder: there second order in the drift is second order
    assert slope == pytest.approx(due, abs=0.02) or (
        model.noise == "additive"
        and slope == pytest.approx(2.0, abs=0.02)
        and name in ("heun", "sri2", "srs2")
    )


def product_rule(m: int, h: float):
    """Nodes of dW, (m, nodes), and weights: normals by Gauss-Hermite."""
    nodes, w = roots_hermitenorm(12)
    grid = np.stack([g.ravel() for g in np.meshgrid(*[nodes] * m, indexing="ij")]) * math.sqrt(h)
    weights = functools.reduce(np.multiply.outer, [w / w.sum()] * m).ravel()
    return grid, weights


def step_moments(sde: sc.SDE, method: sc.Method, h: float):
    """(E X', E X' X'^T) of one step as linear maps of (1, x, x x^T), for a linear system.

    Areas stand at two points of their variance given dW: exact for what is at most a square in
    them."""
    reading = sde if method.calculus == "any" else sde.to(float(method.calculus))
    matrix = sde.noise in ("commuting", "general")
    dW, weights = product_rule(2 if sde.noise != "scalar" else 1, h)
    drivers = {"dW": dW if sde.noise != "scalar" else dW[0], "A": 0.0, "V": 0.0}
    if matrix:
        drivers["dW"], weights = (
            np.concatenate([dW, dW], axis=1),
            np.concatenate([weights, weights]) / 2,
        )
        for name, variance in (
            ("A", h * h / 12 + h * (dW**2).sum(axis=0) / 12),
            ("V", np.full(dW.shape[1], h * h / 4)),
        ):
            size = np.concatenate([np.sqrt(variance), -np.sqrt(variance)])
            size = size if sde.noise == "general" else 0.0 * size
            drivers[name] = Matrix(np.array([[0.0 * size, size], [-size, 0.0 * size]]))
    kinds = {
        "drift": 1,
        "diffusion": 2 if matrix else 1,
        "drift_dx": 2,
        "diffusion_dx": 3 if matrix else 2 if sde.noise == "scalar" else 1,
    }
    functions = [
        _on_nodes(getattr(reading, name), kinds[name], weights.size) for name in method.functions
    ]
    lam = (reading.lam,) if method.calculus == "any" else ()

    def moved(x):
        start = np.repeat(np.array(x, dtype=float)[:, None], weights.size, axis=1)
        return method.step(
            *functions, 0.0, start, h, *(drivers[name] for name in method.drivers), sde.args, *lam
        )

    columns = [moved(e) for e in np.eye(2)]
    R = np.stack(columns, axis=1)  # X' = R x
    return np.einsum("ijn,n->ij", R, weights), np.einsum("ikn,jln,n->ijkl", R, R, weights).reshape(
        4, 4
    )


def _on_nodes(function, depth, nodes):
    def call(t, x, *args):
        value = np.array(
            np.broadcast_arrays(*_flat(function(t, tuple(x), *args), depth), np.zeros(nodes))[:-1]
        )
        shape = {1: (2,), 2: (2, 2), 3: (2, 4)}[depth]
        return value if depth == 1 else Matrix(value.reshape(*shape, nodes))

    return call


def _flat(value, depth):
    return (
        list(value) if depth == 1 else [item for part in value for item in _flat(part, depth - 1)]
    )


A0 = np.array([[-0.4, 0.3], [0.2, -0.5]])
B1 = np.array([[0.3, 0.1], [0.0, 0.2]])
B2 = np.array([[0.1, 0.0], [0.25, 0.3]])


def rows(M, x):
    return (M[0][0] * x[0] + M[0][1] * x[1], M[1][0] * x[0] + M[1][1] * x[1])


def linear(noise: str) -> tuple[sc.SDE, list[np.ndarray]]:
    """A linear system with this noise, and the matrices of its noises."""
    a, first, second = A0.tolist(), B1.tolist(), B2.tolist()
    drift = lambda t, x: rows(a, x)
    if noise == "scalar":
        return sc.SDE(
            drift,
            lambda t, x: rows(first, x),
            noise=noise,
            drift_dx=lambda t, x: (tuple(a[0]), tuple(a[1])),
            diffusion_dx=lambda t, x: (tuple(first[0]), tuple(first[1])),
        ), [B1]
    if noise == "diagonal":
        return sc.SDE(
            drift,
            lambda t, x: (0.3 * x[0], 0.4 * x[1]),
            drift_dx=lambda t, x: (tuple(a[0]), tuple(a[1])),
            diffusion_dx=lambda t, x: (0.3, 0.4),
        ), [np.diag([0.3, 0.0]), np.diag([0.0, 0.4])]
    if noise == "commuting":
        first, second = (0.3 * np.eye(2)).tolist(), B2.tolist()
    u, v = first, second
    sde = sc.SDE(
        drift,
        lambda t, x: tuple(zip(rows(u, x), rows(v, x))),
        noise=noise,
        drift_dx=lambda t, x: (tuple(a[0]), tuple(a[1])),
        diffusion_dx=lambda t, x: tuple((tuple(u[i]), tuple(v[i])) for i in range(2)),
    )
    return sde, [np.array(first), np.array(second)]


def system_error(noise: str, name: str, n: int) -> float:
    """Bias of E |X_1|^2 + E X_1[0] with n steps from (1, -0.5), by quadrature and matrix powers."""
    sde, B = linear(noise)
    x0 = np.array([1.0, -0.5])
    mean, square = step_moments(sde, sc.METHODS[name], 1.0 / n)
    ours = np.linalg.matrix_power(square, n) @ np.outer(x0, x0).ravel()
    eye = np.eye(2)
    generator = np.kron(A0, eye) + np.kron(eye, A0) + sum(np.kron(b, b) for b in B)
    exact = expm(generator) @ np.outer(x0, x0).ravel()
    return (ours[0] + ours[3] + (np.linalg.matrix_power(mean, n) @ x0)[0]) - (
        exact[0] + exact[3] + (expm(A0) @ x0)[0]
    )


LINEAR_CASES = [
    (noise, name)
    for noise in ("scalar", "diagonal", "commuting", "general")
    for name in NAMES
    if noise in sc.METHODS[name].weak_order and name not in ("tamed_euler", "sriw1")
]


@pytest.mark.parametrize("noise, name", LINEAR_CASES)
def test_weak_orders_hold_on_linear_systems_too(noise, name):
    slope = local_slope(functools.partial(system_error, noise, name), 512)
    assert slope == pytest.approx(sc.METHODS[name].weak_order[noise], abs=0.02)


def test_with_true_areas_weak2_would_have_weak_order_one():
    """Why it takes independent normals.

    X2 = int W1^2 dW2 has E X2 W2 = h^2/2, and 7/12 h^2 by one step with true areas."""
    h = 0.04
    dW, weights = product_rule(2, h)
    dW, weights = np.concatenate([dW, dW], axis=1), np.concatenate([weights, weights]) / 2
    none, one = np.zeros(weights.size), np.ones(weights.size)

    def b(t, x):
        return Matrix(np.array([[one, none], [none, x[0] ** 2], [none, one]]))

    for variance, due in ((h * h / 4, 1 / 2), (h * h / 12 + h * (dW**2).sum(axis=0) / 12, 7 / 12)):
        size = np.sqrt(variance) * np.where(np.arange(weights.size) < weights.size // 2, 1.0, -1.0)
        V = Matrix(np.array([[none, size], [-size, none]]))
        x = sc.METHODS["weak2"].step(
            lambda t, x: 0.0 * x, b, 0.0, np.zeros((3, weights.size)), h, dW, V, ()
        )
        assert (x[1] * x[2]) @ weights == pytest.approx(due * h * h, rel=1e-12)


def test_the_taming_costs_one_step_its_square():
    """tamed_euler is not affine: one step's bias against the exact mean, by quadrature."""
    nodes, w = roots_hermitenorm(40)

    def bias(n):
        h = 1.0 / n
        dW = nodes * math.sqrt(h)
        step, start = sc.METHODS["tamed_euler"].step, np.full(40, 0.8)
        x = step(lambda t, x: -x * x * x, lambda t, x: 0.3 + 0 * x, 0.0, start, h, dW, ())
        euler = 0.8 - 0.8**3 * h
        return (x @ w) / w.sum() - euler

    assert local_slope(bias, 4096) == pytest.approx(2.0, abs=0.02)


def test_monte_carlo_confirms_the_quadrature_at_one_level(rng_seed):
    model = sc.models.gbm(0.6, 0.4)
    names = [
        name
        for name in NAMES
        if "diagonal" in sc.METHODS[name].weak_order and name != "tamed_euler"
    ]
    found = sc.weak_convergence(
        model,
        1.0,
        1.0,
        test=lambda x: x + 0.5 * x * x,
        methods=names,
        levels=(2, 3),
        paths=sample_size(400_000),
        rng=rng_seed,
    )
    for name in names:
        measured = SimpleNamespace(
            mean=found.error[name], stderr=found.stderr[name], count=found.paths
        )
        assert_mean(measured, found.exact[name], sigmas=7)
    with must_reject("no bias"):
        assert_mean(
            SimpleNamespace(
                mean=found.error["euler_maruyama"], stderr=found.stderr["euler_maruyama"]
            ),
            0.0,
        )
