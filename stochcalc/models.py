"""Named equations whose path and law are known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.brownian import BrownianPaths, check_motion
from stochcalc.engine import checks, runner
from stochcalc.engine.march import March
from stochcalc.engine.noise import Beside, Extra
from stochcalc.engine.philox import SPACE_TIME_AREA
from stochcalc.sde import SDE


@dataclass(frozen=True, eq=False)
class Model(SDE):
    """An SDE with its exact solution.

    Attributes
    ----------
    exact_step : callable
        step(t, x, dt, noise, args): the exact solution over one step, given noise = (dW, z), z an independent normal for
        what dW does not determine.
    strong_error : dict of method name to callable
        error(x0, T, n): the exact mean-square error at T of that method with n steps.
    needs_area : bool
        Whether the exact step uses z: then the path is exact jointly with W on the grid where it was drawn.
    """

    name: str = ""
    exact_step: Callable[..., Any] | None = None
    needs_area: bool = False
    law: Callable[..., tuple[Any, Any]] | None = None
    strong_error: Mapping[str, Callable[[float, float, int], float]] = field(default_factory=dict)

    def __init__(self, name: str, drift: Any, diffusion: Any, exact_step: Any, law: Any, *, needs_area: bool = False,
                 strong_error: Mapping[str, Callable[[float, float, int], float]] | None = None, **options: Any) -> None:
        super().__init__(drift, diffusion, **options)
        for attribute, value in (("name", name), ("exact_step", exact_step), ("law", law), ("needs_area", needs_area),
                             ("strong_error", dict(strong_error or {}))):
            object.__setattr__(self, attribute, value)

    def __repr__(self) -> str:
        return f"models.{self.name}{self.args}"

    def exact(self, W: BrownianPaths, x0: float = 1.0) -> NDArray[np.float64]:
        """The exact solution driven by W at its grid times, shape (paths, n + 1).

        Raises
        ------
        ValueError
            If W has several components; if the path needs more of W than its increments and W was refined or coarsened.
        """
        x0 = checks.number("x0", x0)
        check_motion("W", W, 1)
        if self.needs_area and W.parent is not None:
            raise ValueError(f"the exact path of {self.name} is drawn with the increments, and W was refined or "
                             "coarsened: draw W on this grid")
        assert self.exact_step is not None
        n = W.partition.n
        checks.budget("the exact path", W.paths * (n + 1), "use fewer paths or steps")
        job = March(self.exact_step, (), exact_noise(W), W.paths, 0, 1, W.t, W.partition.steps, np.full((1, 1), x0),
                    np.arange(n + 1), self.args)
        rows, state = runner.run(job, workers=W.workers)
        runner.warn_nonfinite(state, W.paths, "exact paths", "they exceed the range of floats; use a shorter time")
        assert rows is not None
        return rows

    def mean(self, t: ArrayLike, x0: float = 1.0) -> Any:
        """E X_t for X_0 = x0, of the shape of t."""
        return self._law(t, x0, 0)

    def var(self, t: ArrayLike, x0: float = 1.0) -> Any:
        """Var X_t for X_0 = x0, of the shape of t."""
        return self._law(t, x0, 1)

    def _law(self, t: ArrayLike, x0: float, which: int) -> Any:
        times = checks.array("t", t)
        if (times < 0).any():
            raise ValueError(f"t={t!r} must not be negative: the law starts from X_0 = x0")
        assert self.law is not None
        value = self.law(times, checks.number("x0", x0))[which]
        return float(value) if np.ndim(value) == 0 else value


def exact_noise(W: BrownianPaths) -> Beside:
    """The noise (dW, z) of an exact step: increments, and the area normals of the same steps."""
    return Beside(W.noise(), Extra(W.key, SPACE_TIME_AREA))


def gbm(mu: float, sigma: float) -> Model:
    """Geometric Brownian motion dX = mu X dt + sigma X dW; X = x0 exp((mu - sigma^2/2) t + sigma W).

    Examples
    --------
    >>> round(gbm(0.1, 0.2).mean(1.0), 6)
    1.105171
    """
    mu, sigma = checks.number("mu", mu), checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: float, dt: float, noise: Any, args: Any) -> float:
        mu, sigma = args
        return x * math.exp((mu - 0.5 * sigma * sigma) * dt + sigma * noise[0])

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        mean = x0 * np.exp(mu * t)
        return mean, mean * mean * np.expm1(sigma * sigma * t)

    def euler_error(x0: float, T: float, n: int) -> float:
        """E|X_n - X_T|^2 = E X_n^2 + E X_T^2 - 2 E X_n X_T, each an n-th power; log1p and expm1 because they cancel."""
        h, growth = T / n, (2.0 * mu + sigma * sigma) * T
        base = 1.0 + mu * h + sigma * sigma * h
        if base <= 0.0:     # steps so coarse that nothing cancels
            square_moment = ((1.0 + mu * h) ** 2 + sigma * sigma * h) ** n
            return x0 * x0 * (square_moment + math.exp(growth) - 2.0 * (math.exp(mu * h) * base) ** n)
        square = n * math.log1p(2.0 * mu * h + (mu * h) ** 2 + sigma * sigma * h) - growth
        cross = n * (math.log1p(mu * h + sigma * sigma * h) + mu * h) - growth
        return x0 * x0 * math.exp(growth) * (math.expm1(square) - 2.0 * math.expm1(cross))

    return Model("gbm", lambda t, x, mu, sigma: mu * x, lambda t, x, mu, sigma: sigma * x, exact_step, law,
                 strong_error={"euler_maruyama": euler_error}, args=(mu, sigma),
                 drift_dx=lambda t, x, mu, sigma: mu, diffusion_dx=lambda t, x, mu, sigma: sigma)


def ou(theta: float, mu: float, sigma: float) -> Model:
    """Ornstein-Uhlenbeck dX = theta (mu - X) dt + sigma dW, theta > 0.

    Over a step h the exact solution is mu + (x - mu) e^(-theta h) + sigma I with I = int e^(-theta (h - s)) dW_s, a normal
    with Var I = (1 - e^(-2 theta h))/(2 theta) and Cov(I, dW) = c = (1 - e^(-theta h))/theta: I = (c/h) dW + s z.

    Examples
    --------
    >>> ou(2.0, 0.0, 1.0).var(100.0)
    0.25
    """
    theta, mu = checks.number("theta", theta, above=0.0), checks.number("mu", mu)
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: float, dt: float, noise: Any, args: Any) -> float:
        theta, mu, sigma = args
        decay = math.exp(-theta * dt)
        c = -math.expm1(-theta * dt) / theta
        variance = -math.expm1(-2.0 * theta * dt) / (2.0 * theta)
        rest = math.sqrt(max(variance - c * c / dt, 0.0))
        return mu + (x - mu) * decay + sigma * (c / dt * noise[0] + rest * noise[1])

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        return mu + (x0 - mu) * np.exp(-theta * t), -sigma * sigma * np.expm1(-2.0 * theta * t) / (2.0 * theta)

    def euler_error(x0: float, T: float, n: int) -> float:
        """Euler is linear: bias^2 + sigma^2 sum_k int_0^h (rho^(n-1-k) - e^(-theta (T - t_k - s)))^2 ds, rho = 1 - theta h."""
        h = T / n
        rho, decay = 1.0 - theta * h, np.exp(-theta * h * np.arange(n))      # of the steps from the last to the first
        powers = rho ** np.arange(n)
        first, second = -math.expm1(-theta * h) / theta, -math.expm1(-2.0 * theta * h) / (2.0 * theta)
        spread = powers**2 * h - 2.0 * powers * decay * first + decay**2 * second
        bias = (x0 - mu) * (rho**n - math.exp(-theta * T))
        return bias * bias + sigma * sigma * float(spread.sum())

    return Model("ou", lambda t, x, theta, mu, sigma: theta * (mu - x), lambda t, x, theta, mu, sigma: sigma, exact_step,
                 law, needs_area=True, strong_error={"euler_maruyama": euler_error}, noise="additive",
                 args=(theta, mu, sigma), drift_dx=lambda t, x, theta, mu, sigma: -theta,
                 diffusion_dx=lambda t, x, theta, mu, sigma: 0.0)
