r"""What a model is: an SDE whose path or law is known exactly, or both.

The path is known where the solution over one step is a function of what the motion does in it: its
increment, its time integral, its Levy areas. `exact_step` is this function, and `Model.exact` goes
along a motion with it. The law is known where mean and variance, or the invariant density, have a
formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display.description import Description
from stochcalc.engine import checks, memory
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.words import show
from stochcalc.models.drivers import check_driver, draw_noise
from stochcalc.models.model_record import check_record, describe_model
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE, SDEOptions
from stochcalc.typing import (
    Array,
    DiffusionFunction,
    DriftFunction,
    Executor,
    Number,
    Progress,
    StepFunction,
    Workers,
)


@dataclass(frozen=True, eq=False, repr=False)
class Model(SDE):
    """An SDE with its exact solution.

    The fields of `SDE` are fields of a model too.

    Attributes
    ----------
    name : str
        The name of the function in `stochcalc.models` that makes it.
    exact_step : callable, optional
        The exact solution over one step, `exact_step(t, x, dt, *drivers, args)`. Studies compare it
        with a scheme on fine steps, and refuse it if it is far from that.
    drivers : tuple of str
        The numbers of the motion that the exact step takes: "dW", "I10" (int (W_s - W_t) ds), "A"
        (Levy areas), "rest" (a normal for what these do not determine).
    affine : bool
        Whether the equation is scalar, autonomous and affine in x. Then the exact mean-square error
        of every scheme is known.
    dim : int
        Number of components of the state; 0 for a scalar problem.
    law : callable, optional
        Mean and variance at times t, law(t, x0).
    invariant : callable, optional
        The density that the process keeps, invariant(x), of the shape of x.

    Raises
    ------
    TypeError, ValueError
        For a name that is no word, an exact step or a law that is no function of these arguments,
        drivers that do not exist, a dim below 0.

    Examples
    --------
    >>> from stochcalc.models.affine import gbm
    >>> from stochcalc.motion.brownian import brownian
    >>> model = gbm(0.1, 0.2)
    >>> model.exact(brownian(n=4, paths=3, rng=1)).shape
    (3, 5)
    """

    name: str = ""
    exact_step: StepFunction | None = None
    drivers: tuple[str, ...] = ("dW",)
    affine: bool = False
    dim: int = 0
    law: Callable[..., tuple[Any, Any]] | None = None
    invariant: Callable[[ArrayLike], Any] | None = None

    def __init__(
        self,
        name: str,
        drift: DriftFunction,
        diffusion: DiffusionFunction,
        exact_step: StepFunction | None = None,
        law: Callable[..., tuple[Any, Any]] | None = None,
        *,
        drivers: tuple[str, ...] = ("dW",),
        affine: bool = False,
        dim: int = 0,
        invariant: Callable[[ArrayLike], Any] | None = None,
        **options: Unpack[SDEOptions],
    ) -> None:
        super().__init__(drift, diffusion, **options)
        check_record(
            name, exact_step=exact_step, law=law, drivers=drivers, dim=dim, invariant=invariant
        )
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "exact_step", exact_step)
        object.__setattr__(self, "law", law)
        object.__setattr__(self, "drivers", drivers)
        object.__setattr__(self, "affine", checks.flag("affine", affine))
        object.__setattr__(self, "dim", dim)
        object.__setattr__(self, "invariant", invariant)

    def _describe(self) -> Description:
        if self.drift.__module__.startswith("stochcalc.models."):
            return describe_model(self)
        line = f"Model({self.name!r}, {self._list_fields()})"
        return replace(super()._describe(), line=line, title=self.name)

    @property
    def noises(self) -> int:
        """The number of components of the motion that drives the equation."""
        if self.dim == 0 or self.noise == "scalar":
            return 1
        rows = self._diffusion_at_ones()
        if isinstance(rows[0], tuple):
            return len(rows[0])
        return self.dim

    @property
    def layout(self) -> Layout:
        """The rows of noise that the exact step takes."""
        matrix = False
        if self.dim > 0:
            matrix = isinstance(self._diffusion_at_ones()[0], tuple)
        size = self.noises
        if self.dim == 0 or self.noise == "scalar":
            size = 0
        return Layout(
            size=size,
            matrix=matrix,
            second="I10" in self.drivers,
            areas="A" in self.drivers,
            rest=self.drivers.count("rest"),
        )

    def _diffusion_at_ones(self) -> tuple[Any, ...]:
        """Return the diffusion of a system at the state (1, ..., 1), for its form."""
        value: tuple[Any, ...] = self.diffusion(0.0, (1.0,) * self.dim, *self.args)
        return value

    def exact(
        self,
        W: BrownianPaths,
        x0: ArrayLike = 1.0,
        *,
        workers: Workers = None,
        executor: Executor = None,
        progress: Progress = False,
    ) -> Array:
        """Return the exact solution that is driven by W, at its grid times.

        Parameters
        ----------
        W : BrownianPaths
            The motion, with as many components as the model has noises.
        x0 : float, or array_like of shape (dim,)
            Where every path starts.
        workers, executor, progress
            The threads (by default those of W), what computes in their place, and a bar.

        Returns
        -------
        ndarray, shape (paths, n + 1), or (paths, n + 1, dim) for a system

        Raises
        ------
        TypeError, ValueError
            If the model has no exact path; if W has another number of components; if the path needs
            more of W than its increments and W was refined or coarsened.
        """
        start = self._start(x0)
        check_motion("W", W, self.noises)
        means = runner.check_means(W.workers if workers is None else workers, executor, progress)
        if self.exact_step is None:
            raise ValueError(
                f"{self.name} has no exact path: use solve(..., noise=W), or .mean and .var"
            )
        check_driver(self, W)
        n = W.partition.n
        width = max(self.dim, 1)
        memory.budget("the exact path", W.paths * (n + 1) * width, "use fewer paths or steps")
        job = march_along(
            W,
            Step(self.exact_step, drivers=self.drivers),
            dim=self.dim,
            kept=width,
            keep=np.arange(n + 1),
            starts=start,
            args=self.args,
            noise=draw_noise(self, W),
            layout=self.layout,
            lam=self.lam,
        )
        remedy = "they exceed the range of floats; use a shorter time"
        rows = runner.rows_or_warn(job, "exact paths", remedy, **means)
        if self.dim == 0:
            return rows
        return rows.reshape(W.paths, n + 1, self.dim)

    def mean(self, t: ArrayLike, x0: ArrayLike = 1.0) -> Number:
        """Return E X_t for X_0 = x0.

        Parameters
        ----------
        t : array_like
            Times, not negative.
        x0 : float, or array_like of shape (dim,)
            The start.

        Returns
        -------
        float, or ndarray of the shape of t, with (dim,) after it for a system

        Raises
        ------
        TypeError, ValueError
            For a negative time, a start that is not the model's, or a model whose mean has no
            closed form.
        """
        return self._moment(t, x0, 0)

    def var(self, t: ArrayLike, x0: ArrayLike = 1.0) -> Number:
        """Return Var X_t for X_0 = x0, of each component.

        Parameters
        ----------
        t : array_like
            Times, not negative.
        x0 : float, or array_like of shape (dim,)
            The start.

        Returns
        -------
        float, or ndarray of the shape of t, with (dim,) after it for a system

        Raises
        ------
        TypeError, ValueError
            For a negative time, a start that is not the model's, or a model whose variance has no
            closed form.
        """
        return self._moment(t, x0, 1)

    def _start(self, x0: ArrayLike) -> Array:
        """Return the start as one row, or refuse one of another shape than the state."""
        if self.dim == 0:
            start = np.array(checks.number("x0", x0))
            shape: tuple[int, ...] = ()
            needed = "one number"
        else:
            start = checks.array("x0", x0)
            shape = (self.dim,)
            needed = f"{self.dim} numbers"
        if start.shape != shape:
            raise ValueError(f"x0 has shape {start.shape}: {self.name} starts from {needed}")
        return start.reshape(1, -1)

    def _moment(self, t: ArrayLike, x0: ArrayLike, which: int) -> Number:
        """Return the mean (which = 0) or the variance (which = 1) at times t."""
        times = checks.array("t", t)
        if (times < 0).any():
            raise ValueError(f"t={show(t)} must not be negative: the law starts from X_0 = x0")
        if self.law is None:
            raise ValueError(f"mean and variance of {self.name} have no closed form: simulate them")
        start: Any = self._start(x0)[0]
        if self.dim == 0:
            start = float(start[0])
        value = self.law(times, start)[which]
        if np.ndim(value) == 0:
            return float(value)
        return value
