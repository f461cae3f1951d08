"""The same work done by others, each in its own best configuration: float64, one core, compiled and
warmed up.

Every function returns a call that solves `paths` paths of `n` Euler steps on [0, 1] and keeps the
end, or None where a library has nothing better than what it does here: stochastic-rs returns whole
paths of built-in processes."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from benchmarks.measure import optional

Call = Callable[[], object]
A, B = 0.1, 0.2  # geometric Brownian motion
S, R, C, G = 10.0, 28.0, 8.0 / 3.0, 0.1  # Lorenz with noise G x_i dW_i


def numpy_gbm(paths: int, n: int) -> Call:
    """All paths at once in a few buffers; Euler's step factored by hand, which a user's drift would
    not allow.
    """
    rng, x, z = np.random.default_rng(1), np.empty(paths), np.empty(paths)
    dt = 1.0 / n

    def call() -> object:
        x[:] = 1.0
        for _ in range(n):
            rng.standard_normal(out=z)
            np.multiply(z, B * math.sqrt(dt), out=z)
            np.add(z, 1.0 + A * dt, out=z)
            np.multiply(x, z, out=x)
        return x

    return call


@numba.njit
def _usual_gbm(paths, n, a, b):
    np.random.seed(1)
    out, dt = np.empty(paths), 1.0 / n
    root = math.sqrt(dt)
    for path in range(paths):
        x = 1.0
        for _ in range(n):
            x += a * x * dt + b * x * root * np.random.normal(0.0, 1.0)
        out[path] = x
    return out


@numba.njit
def _usual_gbm_generator(rng, paths, n, a, b):
    out, dt = np.empty(paths), 1.0 / n
    root = math.sqrt(dt)
    for path in range(paths):
        x = 1.0
        for _ in range(n):
            x += a * x * dt + b * x * root * rng.standard_normal()
        out[path] = x
    return out


def numba_gbm(paths: int, n: int) -> Call:
    """The loop everybody writes: np.random inside njit."""
    return lambda: _usual_gbm(paths, n, A, B)


def numba_gbm_generator(paths: int, n: int) -> Call:
    """The same loop with a NumPy Generator passed in: faster, and few know."""
    rng = np.random.default_rng(1)
    return lambda: _usual_gbm_generator(rng, paths, n, A, B)


def numpy_lorenz(paths: int, n: int) -> Call:
    """All paths at once, components first."""
    rng, z, dt = np.random.default_rng(1), np.empty((3, paths)), 1.0 / n
    root = math.sqrt(dt)

    def call() -> object:
        x, y, w = np.ones((3, paths))
        for _ in range(n):
            rng.standard_normal(out=z)
            np.multiply(z, G * root, out=z)
            x, y, w = (
                x + S * (y - x) * dt + x * z[0],
                y + (x * (R - w) - y) * dt + y * z[1],
                w + (x * y - C * w) * dt + w * z[2],
            )
        return x

    return call


@numba.njit
def _usual_lorenz(paths, n, s, r, c, g):
    np.random.seed(1)
    out, dt = np.empty((paths, 3)), 1.0 / n
    root = math.sqrt(dt)
    for path in range(paths):
        x, y, w = 1.0, 1.0, 1.0
        for _ in range(n):
            dx = s * (y - x) * dt + g * x * root * np.random.normal(0.0, 1.0)
            dy = (x * (r - w) - y) * dt + g * y * root * np.random.normal(0.0, 1.0)
            w += (x * y - c * w) * dt + g * w * root * np.random.normal(0.0, 1.0)
            x, y = x + dx, y + dy
        out[path, 0], out[path, 1], out[path, 2] = x, y, w
    return out


def numba_lorenz(paths: int, n: int) -> Call:
    """The loop everybody writes, three components."""
    return lambda: _usual_lorenz(paths, n, S, R, C, G)


def _diffrax(drift: Any, diffusion: Any, start: Any, shape: tuple[int, ...], n: int) -> Call:
    """One batch as one state: twice as fast as vmap over paths; UnsafeBrownianPath needs
    ForwardMode.
    """
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    jax, diffrax, lineax = optional("jax"), optional("diffrax"), optional("lineax")
    jax.config.update("jax_enable_x64", True)

    def solve(key: Any) -> Any:
        motion = diffrax.UnsafeBrownianPath(shape=shape, key=key)
        noise = diffrax.ControlTerm(
            lambda t, x, args: lineax.DiagonalLinearOperator(diffusion(x)), motion
        )
        terms = diffrax.MultiTerm(diffrax.ODETerm(lambda t, x, args: drift(x)), noise)
        return diffrax.diffeqsolve(
            terms,
            diffrax.Euler(),
            0.0,
            1.0,
            1.0 / n,
            start(jax.numpy),
            throw=False,
            saveat=diffrax.SaveAt(t1=True),
            adjoint=diffrax.ForwardMode(),
            max_steps=None,
        ).ys

    compiled, key = jax.jit(solve), jax.random.key(1)
    return lambda: compiled(key).block_until_ready()


def diffrax_gbm(paths: int, n: int) -> Call:
    return _diffrax(lambda x: A * x, lambda x: B * x, lambda np: np.ones(paths), (paths,), n)


def diffrax_lorenz(paths: int, n: int) -> Call:
    jax = optional("jax")

    def drift(v: Any) -> Any:
        x, y, w = v
        return jax.numpy.stack([S * (y - x), x * (R - w) - y, x * y - C * w])

    return _diffrax(drift, lambda v: G * v, lambda np: np.ones((3, paths)), (3, paths), n)


def _torchsde(drift: Any, diffusion: Any, paths: int, dim: int, n: int) -> Call:
    torch, torchsde = optional("torch"), optional("torchsde")
    torch.set_num_threads(1)

    class Equation(torch.nn.Module):  # type: ignore[misc, name-defined]
        noise_type, sde_type = "diagonal", "ito"

        def f(self, t: Any, x: Any) -> Any:
            return drift(torch, x)

        def g(self, t: Any, x: Any) -> Any:
            return diffusion(x)

    equation, start = Equation(), torch.ones(paths, dim, dtype=torch.float64)
    times = torch.tensor([0.0, 1.0], dtype=torch.float64)

    def call() -> object:
        motion = torchsde.BrownianInterval(
            0.0, 1.0, size=(paths, dim), dtype=torch.float64, dt=1.0 / n
        )
        with torch.no_grad():  # a motion that is not told the step takes up to three times as long
            return torchsde.sdeint(equation, start, times, bm=motion, dt=1.0 / n, method="euler")

    return call


def torchsde_gbm(paths: int, n: int) -> Call:
    return _torchsde(lambda torch, x: A * x, lambda x: B * x, paths, 1, n)


def torchsde_lorenz(paths: int, n: int) -> Call:
    def drift(torch: Any, v: Any) -> Any:
        x, y, w = v.unbind(1)
        return torch.stack([S * (y - x), x * (R - w) - y, x * y - C * w], 1)

    return _torchsde(drift, lambda v: G * v, paths, 3, n)


def stochastic_rs_gbm(paths: int, n: int) -> Call:
    """Built in, in Rust with SIMD: it takes no functions, and returns every time."""
    process = optional("stochastic_rs").PyGbm(A, B, n + 1, 1.0, 1.0, 1)
    return lambda: process.sample_par(paths)


def stochastic_rs_brownian(paths: int, n: int) -> Call:
    process = optional("stochastic_rs").PyBm(n + 1, 1.0, 1)
    return lambda: process.sample_par(paths)


def stochastic_rs_normals(count: int) -> Call:
    process = optional("stochastic_rs").PyNormal(0.0, 1.0, 1)
    return lambda: process.sample(count)


def every(builders: dict[str, Callable[[], Call]]) -> dict[str, Call]:
    """Build the peers that are installed; print the others instead of skipping ours with them."""
    import pytest

    built = {}
    for name, build in builders.items():
        try:
            built[name] = build()
        except pytest.skip.Exception as missing:
            print(f"  without {name}: {missing}")
    return built
