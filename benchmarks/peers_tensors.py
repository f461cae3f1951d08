"""The peers of the schemes that run on tensors: JAX, diffrax and torchsde.

As in `peers_schemes`, every function returns a call that solves `paths` paths in `n` steps on
[0, 1] and returns the states at the end."""

from __future__ import annotations

import math
import os
from typing import Any

from benchmarks.measure import optional
from benchmarks.peers import A, B, C, Call, R, S
from benchmarks.peers import G as NOISE
from benchmarks.peers_schemes import G

# JAX: a scan over the steps, all paths as one batch


def scan_steps(step: Any, shape: tuple[int, ...], n: int, start: float = 1.0) -> Call:
    """Take n steps from `start` in every component of every path."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    jax = optional("jax")
    jax.config.update("jax_enable_x64", True)
    dt = 1.0 / n

    def solve(key: Any) -> Any:
        def body(x: Any, key: Any) -> Any:
            return step(
                jax.numpy, x, math.sqrt(dt) * jax.random.normal(key, shape, dtype="float64"), dt
            ), None

        return jax.lax.scan(body, jax.numpy.full(shape, start), jax.random.split(key, n))[0]

    compiled, key = jax.jit(solve), jax.random.key(1)
    return lambda: compiled(key).block_until_ready()


def jax_gbm(paths: int, n: int) -> Call:
    return scan_steps(lambda np, x, dW, dt: x + A * x * dt + B * x * dW, (paths,), n)


def jax_milstein(paths: int, n: int) -> Call:
    return scan_steps(
        lambda np, x, dW, dt: x + A * x * dt + B * x * dW + 0.5 * B * B * x * (dW * dW - dt),
        (paths,),
        n,
    )


def jax_lorenz(paths: int, n: int) -> Call:
    def step(np: Any, v: Any, dW: Any, dt: float) -> Any:
        x, y, w = v
        return v + np.stack([S * (y - x), x * (R - w) - y, x * y - C * w]) * dt + NOISE * v * dW

    return scan_steps(step, (3, paths), n)


# diffrax: a batch as one state where a solver allows it; its Ito Milstein takes the outer product
# of dW, one path at a time


def solve_by_diffrax(
    solver: str,
    drift: Any,
    diffusion: Any,
    start: Any,
    shape: tuple[int, ...],
    n: int,
    paths: int = 0,
) -> Call:
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    jax, diffrax = optional("jax"), optional("diffrax")
    jax.config.update("jax_enable_x64", True)
    scheme = getattr(diffrax, solver)()
    area = (
        diffrax.SpaceTimeLevyArea
        if isinstance(scheme, diffrax.AbstractSRK)
        else diffrax.BrownianIncrement
    )

    def solve(key: Any) -> Any:
        motion = diffrax.UnsafeBrownianPath(shape=shape, key=key, levy_area=area)
        terms = diffrax.MultiTerm(
            diffrax.ODETerm(lambda t, x, args: drift(x)),
            diffrax.ControlTerm(lambda t, x, args: diffusion(x), motion),
        )
        return diffrax.diffeqsolve(
            terms,
            scheme,
            0.0,
            1.0,
            1.0 / n,
            start(jax.numpy),
            throw=False,
            max_steps=None,
            saveat=diffrax.SaveAt(t1=True),
            adjoint=diffrax.ForwardMode(),
        ).ys[0]

    compiled = jax.jit(jax.vmap(solve) if paths else solve)
    keys = jax.random.split(jax.random.key(1), paths) if paths else jax.random.key(1)
    return lambda: compiled(keys).block_until_ready()


def diffrax_gbm(solver: str, paths: int, n: int) -> Call:
    """Ito or Stratonovich, as the solver reads it."""
    if solver == "ItoMilstein":
        return solve_by_diffrax(
            solver, lambda x: A * x, lambda x: B * x, lambda np: np.ones(()), (), n, paths
        )
    diagonal = optional("lineax").DiagonalLinearOperator
    return solve_by_diffrax(
        solver,
        lambda x: (A - 0.5 * B * B) * x,
        lambda x: diagonal(B * x),
        lambda np: np.ones(paths),
        (paths,),
        n,
    )


def diffrax_pair(paths: int, n: int) -> Call:
    """SPaRK. diffrax has no areas of two noises: strong order 1/2, however many stages."""
    jax, lineax = optional("jax"), optional("lineax")

    def diffusion(v: Any) -> Any:
        x, y = v
        return lineax.FunctionLinearOperator(
            lambda w: G * jax.numpy.stack([x * w[0] + y * w[1], x * w[1] - y * w[0]]),
            jax.ShapeDtypeStruct((2, paths), "float64"),
        )

    return solve_by_diffrax(
        "SPaRK", lambda x: (A - G * G) * x, diffusion, lambda np: np.ones((2, paths)), (2, paths), n
    )


# torchsde


def _torchsde(
    method: str, drift: Any, diffusion: Any, paths: int, dim: int, n: int, **options: Any
) -> Call:
    """The motion is told the step: left to itself it takes up to three times as long."""
    torch, torchsde = optional("torch"), optional("torchsde")
    torch.set_num_threads(1)
    areas = {"srk": "space-time", "log_ode": "davie"}.get(method, "none")

    class Equation(torch.nn.Module):  # type: ignore[misc, name-defined]
        sde_type, noise_type = (
            ("stratonovich", "general") if method == "log_ode" else ("ito", "diagonal")
        )

        def f(self, t: Any, x: Any) -> Any:
            return drift(x)

        def g(self, t: Any, x: Any) -> Any:
            return diffusion(x)

    equation, start = Equation(), torch.ones(paths, dim, dtype=torch.float64)
    times = torch.tensor([0.0, 1.0], dtype=torch.float64)

    def call() -> object:
        motion = torchsde.BrownianInterval(
            0.0,
            1.0,
            size=(paths, dim),
            dtype=torch.float64,
            dt=1.0 / n,
            levy_area_approximation=areas,
        )
        with torch.no_grad():
            return torchsde.sdeint(
                equation, start, times, bm=motion, dt=1.0 / n, method=method, options=options
            )[-1].numpy()

    return call


def torchsde_gbm(method: str, paths: int, n: int, **options: Any) -> Call:
    return _torchsde(method, lambda x: A * x, lambda x: B * x, paths, 1, n, **options)


def torchsde_pair(paths: int, n: int) -> Call:
    """Its one scheme with areas of two noises: log-ODE, with Davie's approximation of them
    (Foster's takes longer).
    """
    torch = optional("torch")

    def diffusion(v: Any) -> Any:
        x, y = v.unbind(1)
        return G * torch.stack([x, y, -y, x], 1).view(-1, 2, 2)

    return _torchsde("log_ode", lambda x: (A - G * G) * x, diffusion, paths, 2, n)
