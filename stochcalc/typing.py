"""The types of public parameters, named after what they mean.

Python's own types say how a value is stored; these say what it is for. Editors and mypy read them,
and they cost nothing when the code runs. Some of them, such as `State`, name values that no static
type describes: the same step moves a float, a vector in registers or an array, and all it needs is
arithmetic. Their names and the comments beside them are the description.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure
else:
    # Names for readers: Matplotlib is imported by `plot` alone.
    Axes = "matplotlib.axes.Axes"
    Figure = "matplotlib.figure.Figure"

# ---- arrays and numbers

Array: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Number: TypeAlias = Any  # a float, or an array of one number per path, time or component
DataFrame: TypeAlias = Any  # a pandas.DataFrame, where pandas is installed
ArrayOrMoments: TypeAlias = Any  # an Array for save="all", Moments for save="stats"

# ---- how a computation is run

Seed: TypeAlias = (  # what NumPy's default_rng takes (SPEC 7)
    int
    | Sequence[int]
    | np.random.SeedSequence
    | np.random.BitGenerator
    | np.random.Generator
    | None
)
Key: TypeAlias = int | None  # the .key of an earlier result: an integer in [0, 2**64)
Workers: TypeAlias = int | None  # threads; None for all CPUs that the process may use
DaskClient: TypeAlias = Any  # a distributed.Client, where Dask is installed


class CanSubmit(Protocol):
    """A concurrent.futures.Executor, or a client of Dask."""

    def submit(self, fn: Callable[..., object], /, *arguments: object) -> object:
        """Start to call a function; return a future of what it returns."""


Executor: TypeAlias = CanSubmit | None
Checkpoint: TypeAlias = Any  # a file, str or Path, that a run is saved in; None; or an open one
Progress: TypeAlias = bool | Callable[[int, int], object]  # a bar, or progress(done, total)

# ---- functions of the user: they are compiled, or called with arrays if vectorized=True

DriftFunction: TypeAlias = Callable[..., Any]  # (t, x, *args) -> numbers like the state x
DiffusionFunction: TypeAlias = Callable[..., Any]  # (t, x, *args) -> what the noise kind asks
StopCondition: TypeAlias = Callable[..., Any]  # (t, x, *args) -> True where the path stops
MotionDrift: TypeAlias = Callable[..., Any] | float | Sequence[float]  # u(t, x, *args)
Rate: TypeAlias = Callable[..., Any] | float  # (t, x, *args) -> a rate, a number
WallLevels: TypeAlias = float | Sequence[float]  # one wall, or (low, high)
TestFunction: TypeAlias = Callable[..., Any]  # (x) -> a number; x is the state at one time
FunctionOfPath: TypeAlias = Callable[[float, float], float]  # (t, w) -> a number
FunctionOfValue: TypeAlias = Callable[[float], float]  # (w) -> a number
FunctionOfSum: TypeAlias = Callable[[float, float, float], float]  # (t, w, r) -> a number
RunningFunction: TypeAlias = Callable[..., Any]  # (t, r, x, y, dt, *args) -> r at t + dt
ExactFunction: TypeAlias = Callable[..., Any]  # (t, x0, w, *args) -> the solution x at time t
PathFunction: TypeAlias = Callable[[Array], Any]  # (paths, times[, dim]) -> (paths,) or more

# ---- compiled code: one function serves floats, vectors in registers and arrays

State: TypeAlias = Any  # the state x: a float, a Vec, a tuple of numbers, or an array
Noise: TypeAlias = Any  # the numbers that drive one step, in the form of the state
Parameters: TypeAlias = tuple[Any, ...]  # the tuple of floats and arrays that was given as args=
StepFunction: TypeAlias = Callable[..., Any]  # (*functions, t, x, dt, *drivers, args) -> x
Observer: TypeAlias = Callable[..., Any]  # (t, x, args) -> the numbers that are kept

# ---- first passage

Level: TypeAlias = float | Callable[[float], float]  # a barrier: constant, or b(t)
Barrier: TypeAlias = Level | Sequence[Level]  # one barrier, or (low, high)

# ---- what is sampled


class SampledPaths(Protocol):
    """Paths at the times of a grid: Brownian paths, a solution, one component of either.

    Any object with these two attributes is one; `motion.sampled` reads it, and takes a pair
    (t, values) for one as well.
    """

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""

    @property
    def values(self) -> Array:
        """The paths at these times, shape (paths, n + 1[, dim])."""


Paths: TypeAlias = SampledPaths | tuple[ArrayLike, ArrayLike]  # or a pair (t, values)


@runtime_checkable
class Distribution(Protocol):
    """A density that knows its score, also after normal noise of size sigma is added to it."""

    def score(self, x: Array, sigma: float = 0.0) -> Array:
        """Return the gradient of the log density at points x, shape (n, d)."""


@runtime_checkable
class WithLogDensity(Distribution, Protocol):
    """A distribution that knows its log density as well."""

    def log_density(self, x: Array, sigma: float = 0.0) -> Array:
        """Return the log density at points x, shape (n,)."""


@runtime_checkable
class WithDivergence(Distribution, Protocol):
    """A distribution that knows the divergence of its score as well."""

    def divergence(self, x: Array, sigma: float = 0.0) -> Array:
        """Return the divergence of the score at points x, shape (n,)."""


@runtime_checkable
class WithCompiledScore(Distribution, Protocol):
    """A distribution whose score is compiled into the loop over paths."""

    @property
    def dim(self) -> int:
        """The number of components of a point."""

    @property
    def shared(self) -> bool:
        """Whether all components of the mixture have one covariance."""

    def in_lanes(self, sigma: float) -> tuple[Any, ...]:
        """Return the parameters of the compiled score, for noise of size sigma or more."""


ScoreFunction: TypeAlias = Callable[[Array, float], ArrayLike]  # score(x, sigma), x (n, d)
Score: TypeAlias = Distribution | ScoreFunction
