"""What a model is: an SDE whose path is known exactly as a function of the motion, or whose law is
known, or both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.random.drivers import Driven, Layout
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE


@dataclass(frozen=True, eq=False)
class Model(SDE):
    """An SDE with its exact solution.

    Attributes
    ----------
    exact_step : callable, optional
        step(t, x, dt, *drivers, args): the exact solution over one step.
    drivers : tuple of str
        What the exact step takes of the motion: "dW", "I10" (int (W_s - W_t) ds), "A" (Levy areas),
        "rest" (a normal for what these do not determine).
    affine : bool
        Whether the equation is scalar, autonomous and affine in x: then the exact mean-square error
        of every scheme follows.
    dim : int
        Components of the state; 0 for a scalar problem.
    law : callable, optional
        law(t, x0): mean and variance at times t.
    invariant : callable, optional
        invariant(x): the density that the process leaves as it is, of the shape of x.
    """

    name: str = ""
    exact_step: Callable[..., Any] | None = None
    drivers: tuple[str, ...] = ("dW",)
    affine: bool = False
    dim: int = 0
    law: Callable[..., tuple[Any, Any]] | None = None
    invariant: Callable[[ArrayLike], Any] | None = None

    def __init__(
        self,
        name: str,
        drift: Any,
        diffusion: Any,
        exact_step: Any = None,
        law: Any = None,
        *,
        drivers: tuple[str, ...] = ("dW",),
        affine: bool = False,
        dim: int = 0,
        invariant: Callable[[ArrayLike], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(drift, diffusion, **options)
        for attribute, value in (
            ("name", name),
            ("exact_step", exact_step),
            ("law", law),
            ("drivers", drivers),
            ("affine", affine),
            ("dim", dim),
            ("invariant", invariant),
        ):
            object.__setattr__(self, attribute, value)

    def __repr__(self) -> str:
        return f"models.{self.name}({', '.join(f'{value:g}' for value in self.args)})"

    @property
    def noises(self) -> int:
        """Components of the motion that drives it."""
        if self.dim == 0 or self.noise == "scalar":
            return 1
        value = self.diffusion(0.0, (1.0,) * self.dim, *self.args)
        return len(value[0]) if isinstance(value[0], tuple) else self.dim

    def exact(self, W: BrownianPaths, x0: Any = 1.0) -> NDArray[np.float64]:
        """The exact solution driven by W at its grid times, shape (paths, n + 1), or (paths, n + 1,
        dim) for a system.

        Raises
        ------
        ValueError
            If the model has no exact path; if W has another number of components; if the path needs
            more of W than its increments and W was refined or coarsened.
        """
        start = self._start(x0)
        check_motion("W", W, 1 if self.noises == 1 else self.noises)
        if self.exact_step is None:
            raise ValueError(
                f"{self.name} has no exact path: use solve(..., noise=W), or .mean and .var where "
                f"known"
            )
        if W.dim != self.noises:
            raise ValueError(
                f"W has dim={W.dim} and {self.name} is driven by {self.noises}: "
                f"brownian(dim={self.noises})"
            )
        if self.layout.matrix and self.noise != "additive" and W.factor is not None:
            raise ValueError(
                f"the exact path of {self.name} needs independent components, and W is correlated: "
                f"draw W without correlation="
            )
        if self.drivers != ("dW",) and W.parent is not None:
            raise ValueError(
                f"the exact path of {self.name} is drawn with the increments, and W was refined or "
                "coarsened: draw W on this grid"
            )
        n, width = W.partition.n, max(self.dim, 1)
        checks.budget("the exact path", W.paths * (n + 1) * width, "use fewer paths or steps")
        layout = self.layout
        increments = W.noise(plain=layout.size == 0)
        job = march_along(
            W,
            Step(self.exact_step, (), self.drivers),
            dim=self.dim,
            kept=width,
            keep=np.arange(n + 1),
            starts=start,
            args=self.args,
            noise=Driven(increments, layout, W.key, W.partition.steps, W.factor),
            layout=layout,
            lam=self.lam,
        )
        rows, state = runner.run(job, workers=W.workers)
        runner.warn_nonfinite(
            state, W.paths, "exact paths", "they exceed the range of floats; use a shorter time"
        )
        assert rows is not None
        return rows if self.dim == 0 else rows.reshape(W.paths, n + 1, self.dim)

    @property
    def layout(self) -> Layout:
        """The rows of noise of its exact step."""
        matrix = self.dim > 0 and isinstance(
            self.diffusion(0.0, (1.0,) * self.dim, *self.args)[0], tuple
        )
        size = 0 if self.dim == 0 or self.noise == "scalar" else self.noises
        return Layout(
            size,
            matrix,
            "I10" in self.drivers,
            "A" in self.drivers,
            rest=1 if "rest" in self.drivers else 0,
        )

    def mean(self, t: ArrayLike, x0: Any = 1.0) -> Any:
        """E X_t for X_0 = x0, of the shape of t (and components last, for a system)."""
        return self._law(t, x0, 0)

    def var(self, t: ArrayLike, x0: Any = 1.0) -> Any:
        """Var X_t for X_0 = x0, of the shape of t (and components last, for a system)."""
        return self._law(t, x0, 1)

    def _start(self, x0: Any) -> NDArray[np.float64]:
        start = np.array(checks.number("x0", x0)) if self.dim == 0 else checks.array("x0", x0)
        if start.shape != ((self.dim,) if self.dim else ()):
            raise ValueError(
                f"x0 has shape {start.shape}: {self.name} starts from "
                f"{f'{self.dim} numbers' if self.dim else 'one number'}"
            )
        return start.reshape(1, -1)

    def _law(self, t: ArrayLike, x0: Any, which: int) -> Any:
        times = checks.array("t", t)
        if (times < 0).any():
            raise ValueError(f"t={t!r} must not be negative: the law starts from X_0 = x0")
        if self.law is None:
            raise ValueError(
                f"the mean and variance of {self.name} have no closed form here: simulate them"
            )
        start = self._start(x0)[0]
        value = self.law(times, float(start[0]) if self.dim == 0 else start)[which]
        return float(value) if np.ndim(value) == 0 else value
