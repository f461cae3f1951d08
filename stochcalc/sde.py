"""The PROBLEM: dX = a(t, X) dt + b(t, X) (lambda) dW, as data. No numerics live here.

`lam` says how the equation is read: 0 Ito, 1/2 Stratonovich, 1 backward. Read with lambda, it is
the Ito equation with drift a_i + lambda sum_jk b_kj d_k b_ij (Kloeden and Platen 1992, section 4.9,
for lambda = 1/2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.functions.probe import check_args, check_function
from stochcalc.engine.registers.slopes import central_slope, plus_product

NOISE_KINDS = ("scalar", "diagonal", "additive", "commuting", "general")
CENTRAL = "central"  # the word for a derivative by central differences


@dataclass(frozen=True, eq=False)
class SDE:
    """A stochastic differential equation.

    Parameters
    ----------
    drift, diffusion : callable f(t, x, *args)
        Written for floats with `math` or `np`. A scalar problem (x0 a number) gets and returns
        floats; a system gets a sequence x[0], x[1], ... and returns a tuple.
    noise : {"diagonal", "scalar", "additive", "commuting", "general"}
        What the diffusion returns: "diagonal" one number per component, b_i dW_i, with b_i a
        function of t and x_i only; "scalar" the same shape, one dW for all; "additive" d numbers or
        d rows of m, independent of x; "commuting" and "general" d rows of m.
    lam : float in [0, 1]
        The reading: 0 Ito (default), 1/2 Stratonovich, 1 backward.
    args : tuple
        Parameters, passed on to every function; a sweep over them compiles once.
    drift_dx, diffusion_dx : callable or "central", optional
        Derivatives; "central" takes central differences (right to about 1e-9). `drift_dx` returns
        a' for a scalar problem, else the rows of da_i/dx_k. `diffusion_dx` returns b' for a scalar
        problem, the d numbers db_i/dx_i for diagonal noise, the rows of db_i/dx_k for scalar noise,
        [i][j][k] = db_ij/dx_k for commuting and general noise.
    vectorized : bool
        The functions take NumPy arrays: x of shape (paths,) for a scalar problem, else (dim,
        paths), so that x[0] is still a component. They return what they would for floats, with
        arrays in the place of numbers; an array (dim, paths) will do for a tuple of dim, and a
        number for what all components share. Numba compiles them once for all dimensions: slices,
        `np.roll` and `np.sum` along axis=0, products of matrices, arithmetic and the elementary
        functions; what it cannot compile, and matrix noise, runs in NumPy. Each column is a path
        of its own, and x must not be changed.

    Raises
    ------
    TypeError, ValueError
        For functions that are none, another word than "central", an unknown noise kind, lam outside
        [0, 1], args that are no tuple of numbers.

    Examples
    --------
    >>> sde = SDE(lambda t, x: -x, lambda t, x: 0.5 * x, lam=0.5, diffusion_dx=lambda t, x: 0.5)
    >>> sde.to_ito().drift(0.0, 2.0)      # -2 + 1/2 * 1 * 1/2
    -1.75
    """

    drift: Callable[..., Any]
    diffusion: Callable[..., Any]
    noise: str = field(default="diagonal", kw_only=True)
    lam: float = field(default=0.0, kw_only=True)
    args: tuple[Any, ...] = field(default=(), kw_only=True)
    drift_dx: Callable[..., Any] | str | None = field(default=None, kw_only=True)
    diffusion_dx: Callable[..., Any] | str | None = field(default=None, kw_only=True)
    vectorized: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Check the fields; the reading and the parameters become floats."""
        check_function("drift", self.drift)
        check_function("diffusion", self.diffusion)
        checks.choice("noise", self.noise, NOISE_KINDS)
        object.__setattr__(self, "lam", checks.number("lam", self.lam, least=0.0, most=1.0))
        object.__setattr__(self, "args", check_args(self.args))
        checks.flag("vectorized", self.vectorized)
        _check_derivative("drift_dx", self.drift_dx)
        _check_derivative("diffusion_dx", self.diffusion_dx)

    def function(self, name: str) -> Callable[..., Any] | None:
        """Return a function of the equation by its name; None for a derivative that is missing.

        A derivative that is given as "central" is made of difference quotients here.
        """
        given = getattr(self, name)
        if given == CENTRAL:
            if name == "drift_dx":
                return central_slope(unwrap(self.drift), "scalar")
            return central_slope(unwrap(self.diffusion), self.noise)
        return given

    def to(self, lam: float) -> SDE:
        """The same process, read with another lambda: the drift takes the difference.

        Raises
        ------
        ValueError
            If the drift would change and `diffusion_dx` is missing.
        """
        return self.interpret(checks.number("lam", lam, least=0.0, most=1.0))

    def interpret(self, lam: float) -> SDE:
        """Do what `to` does, for a lambda that was checked before."""
        shift = self.lam - lam
        if shift == 0.0 or self.noise == "additive":
            return self._with(lam=lam)
        slope = self.function("diffusion_dx")
        if slope is None:
            raise ValueError(
                f"lam={self.lam:g} to lam={lam:g} changes the drift by {shift:+g} b b': give "
                f"diffusion_dx=, or diffusion_dx='central' for central differences"
            )
        drift = _correct(self.drift, self.diffusion, slope, shift)
        drift_dx = CENTRAL if self.drift_dx == CENTRAL else None
        return self._with(lam=lam, drift=drift, drift_dx=drift_dx)

    def to_ito(self) -> SDE:
        """The same process as an Ito equation."""
        return self.to(0.0)

    def to_stratonovich(self) -> SDE:
        """The same process as a Stratonovich equation."""
        return self.to(0.5)

    def _with(self, **changes: Any) -> SDE:
        """Return an SDE with some of its fields changed, which were checked before."""
        other = object.__new__(SDE)
        for item in fields(SDE):
            value = changes.get(item.name, getattr(self, item.name))
            object.__setattr__(other, item.name, value)
        return other


def _check_derivative(name: str, given: Any) -> None:
    """Refuse a derivative that is neither a function nor the word "central"."""
    if isinstance(given, str):
        checks.choice(name, given, (CENTRAL,))
    elif given is not None:
        check_function(name, given)


def _correct(a: Any, b: Any, db: Any, shift: float) -> Any:
    """Return the drift a_i + shift sum_jk b_kj d_k b_ij.

    For diagonal noise it is a_i + shift b_i b_i'.
    """

    def drift(t: float, x: Any, *args: Any) -> Any:
        return plus_product(a(t, x, *args), shift, b(t, x, *args), db(t, x, *args))

    return drift
