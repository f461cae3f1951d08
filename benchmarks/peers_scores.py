"""The score of a hundred Gaussians in the plane done by others: float64, all particles at once,
compiled where they compile.

Each returns a call that moves `particles` from N(0, 64 I) by `n` steps: of Langevin, x + (h/2) s(x)
+ sqrt(h) z, or of Euler's scheme on the reverse-time equation of the variance-exploding noising.
All covariances are the identity here, which NumPy, JAX and PyTorch use (a matrix product for the
squared distances); ours are general."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import optional

Call = Callable[[], object]
K, H, LOW, HIGH = 100, 0.05, 0.1, 20.0
MEANS = 12.0 * np.random.default_rng(0).uniform(-1.0, 1.0, (K, 2))


def schedule(kind: str, n: int) -> tuple[Any, Any, Any]:
    """(push, kick, sigma^2) of each step."""
    if kind == "langevin":
        return np.full(n, 0.5 * H), np.full(n, math.sqrt(H)), np.zeros(n)
    t, growth = 1.0 - np.arange(n) / n, math.log(HIGH / LOW)
    sigma2 = (LOW * np.exp(growth * t)) ** 2
    return 2.0 * growth * sigma2 / n, np.sqrt(2.0 * growth * sigma2 / n), sigma2


def starts(particles: int) -> Any:
    return 8.0 * np.random.default_rng(1).standard_normal((particles, 2))


def numpy_moves(kind: str, particles: int, n: int) -> Call:
    """In buffers, the largest of them (particles, K); half a thousand particles at a time stay in
    cache.
    """
    rng, steps, piece = np.random.default_rng(2), list(zip(*schedule(kind, n))), 512
    x0, squares, room = starts(particles), (MEANS**2).sum(axis=1), np.empty((piece, K))

    def call() -> object:
        out = x0.copy()
        for first in range(0, particles, piece):
            x = out[first : first + piece]
            terms = room[: len(x)]
            for push, kick, sigma2 in steps:
                v = 1.0 + sigma2
                np.matmul(x, MEANS.T, out=terms)
                terms -= 0.5 * squares
                terms -= terms.max(axis=1, keepdims=True)
                terms /= v
                np.exp(terms, out=terms)
                pull = (terms @ MEANS) / terms.sum(axis=1, keepdims=True)
                x += (push / v) * (pull - x) + kick * rng.standard_normal(x.shape)
        return out

    return call


def jax_moves(kind: str, particles: int, n: int, threads: int = 1) -> Call:
    """lax.scan over the steps, all particles as one batch."""
    if threads == 1:
        os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    jax = optional("jax")
    jax.config.update("jax_enable_x64", True)
    jnp, means = jax.numpy, jax.numpy.asarray(MEANS)
    table, squares = [jnp.asarray(row) for row in schedule(kind, n)], (means**2).sum(axis=1)

    def step(x: Any, row: Any) -> Any:
        push, kick, sigma2, key = row
        v = 1.0 + sigma2
        r = jax.nn.softmax((x @ means.T - 0.5 * squares) / v, axis=1)
        return x + (push / v) * (r @ means - x) + kick * jax.random.normal(
            key, x.shape, x.dtype
        ), None

    run = jax.jit(lambda x, key: jax.lax.scan(step, x, (*table, jax.random.split(key, n)))[0])
    x0, key = jnp.asarray(starts(particles)), jax.random.key(2)
    return lambda: np.asarray(run(x0, key).block_until_ready())


def torch_moves(kind: str, particles: int, n: int, threads: int = 1) -> Call:
    """PyTorch, without gradients."""
    torch = optional("torch")
    means, x0 = torch.from_numpy(MEANS), torch.from_numpy(starts(particles))
    squares, steps = (means**2).sum(1), [tuple(map(float, row)) for row in zip(*schedule(kind, n))]

    def call() -> object:
        torch.set_num_threads(threads)
        x = x0.clone()
        with torch.no_grad():
            for push, kick, sigma2 in steps:
                v = 1.0 + sigma2
                r = torch.softmax((x @ means.T - 0.5 * squares) / v, dim=1)
                x = x + (push / v) * (r @ means - x) + kick * torch.randn_like(x)
        return x.numpy()

    return call
