"""The PROBLEM: dX = a(t, X) dt + b(t, X) (lambda) dW, as data. No numerics live here.

`lam` says how the equation is read: 0 Ito, 1/2 Stratonovich, 1 backward. Read with lambda, it is
the Ito equation with drift a_i + lambda sum_jk b_kj d_k b_ij (Kloeden and Platen 1992, section 4.9,
for lambda = 1/2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import check_args, check_function
from stochcalc.engine.functions.user_function import plain
from stochcalc.engine.registers.slopes import central_slope, plus_product

NOISE_KINDS = ("scalar", "diagonal", "additive", "commuting", "general")


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
        paths), so that x[0] is still a component; they return what they would for floats, with
        arrays in the place of numbers (an array (dim, paths) will do for a tuple of dim). They run
        in NumPy, uncompiled: for functions that Numba cannot compile.

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
    noise: str = "diagonal"
    lam: float = 0.0
    args: tuple[Any, ...] = ()
    drift_dx: Callable[..., Any] | str | None = None
    diffusion_dx: Callable[..., Any] | str | None = None
    vectorized: bool = False

    def __init__(
        self,
        drift: Callable[..., Any],
        diffusion: Callable[..., Any],
        *,
        noise: str = "diagonal",
        lam: float = 0.0,
        args: tuple[Any, ...] = (),
        drift_dx: Callable[..., Any] | str | None = None,
        diffusion_dx: Callable[..., Any] | str | None = None,
        vectorized: bool = False,
    ) -> None:
        for name, value in (
            ("drift", check_function("drift", drift)),
            ("diffusion", check_function("diffusion", diffusion)),
            ("noise", checks.choice("noise", noise, NOISE_KINDS)),
            ("lam", checks.number("lam", lam, least=0.0, most=1.0)),
            ("args", check_args(args)),
            ("vectorized", checks.flag("vectorized", vectorized)),
            ("drift_dx", _derivative("drift_dx", drift_dx, drift, "scalar")),
            ("diffusion_dx", _derivative("diffusion_dx", diffusion_dx, diffusion, noise)),
        ):
            object.__setattr__(self, name, value)

    def to(self, lam: float) -> SDE:
        """The same process, read with another lambda: the drift takes the difference.

        Raises
        ------
        ValueError
            If the drift would change and `diffusion_dx` is missing.
        """
        lam = checks.number("lam", lam, least=0.0, most=1.0)
        shift = self.lam - lam
        if shift == 0.0 or self.noise == "additive":
            return self._with(lam=lam)
        if self.diffusion_dx is None:
            raise ValueError(
                f"lam={self.lam:g} to lam={lam:g} changes the drift by {shift:+g} b b': give "
                f"diffusion_dx=, or diffusion_dx='central' for central differences"
            )
        again = "central" if self.drift_dx is central_slope(plain(self.drift), "scalar") else None
        return self._with(
            lam=lam,
            drift=_corrected(self.drift, self.diffusion, self.diffusion_dx, shift),
            drift_dx=again,
        )

    def to_ito(self) -> SDE:
        """The same process as an Ito equation."""
        return self.to(0.0)

    def to_stratonovich(self) -> SDE:
        """The same process as a Stratonovich equation."""
        return self.to(0.5)

    def _with(self, **changes: Any) -> SDE:
        names = ("noise", "lam", "args", "drift_dx", "diffusion_dx", "vectorized")
        options = {name: getattr(self, name) for name in names} | changes
        return SDE(options.pop("drift", self.drift), self.diffusion, **options)


def _derivative(name: str, given: Any, function: Any, noise: str) -> Any:
    """A derivative as a function, or None: made from `function` if it is asked for by name."""
    if isinstance(given, str):
        checks.choice(name, given, ("central",))
        return central_slope(plain(function), noise)
    return None if given is None else check_function(name, given)


def _corrected(a: Any, b: Any, db: Any, shift: float) -> Any:
    """The drift a_i + shift sum_jk b_kj d_k b_ij: for diagonal noise a_i + shift b_i b_i'."""

    def drift(t: float, x: Any, *args: Any) -> Any:
        return plus_product(a(t, x, *args), shift, b(t, x, *args), db(t, x, *args))

    return drift
