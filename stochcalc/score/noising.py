"""How data turn into noise: dx = -rate(t) x dt + g(t) dW, so that x_t = m(t) x_0 + sigma(t) z.

    VE    rate = 0, m = 1, sigma(t) = sigma_min (sigma_max/sigma_min)^(t/T)
    VP    rate = beta/2, g = sqrt(beta), m = exp(-(1/2) int beta), sigma^2 = 1 - m^2

with beta(t) = beta_min + (beta_max - beta_min) t/T. Under VE the variance explodes; VP preserves
unit variance. Any score s(x, sigma) of data smoothed by sigma also gives the score of x_t, which is
s_t(x) = s(x/m, sigma/m)/m. VE starts at sigma_min, not at 0: at t = 0 the data are smoothed by
sigma_min.

Source: Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, Score-based generative modeling
through stochastic differential equations, ICLR 2021, section 3.4 and appendix B.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.philox import numpy_generator


@dataclass(frozen=True)
class Noising:
    """A linear noising; its functions of (t, *parameters) are plain, and are compiled as they are.

    Attributes
    ----------
    T : float
        End of the noising, where the reverse begins.
    parameters : tuple of floats
    """

    T: float
    parameters: tuple[float, ...] = field(repr=False)
    functions: ClassVar[tuple[Any, Any, Any, Any]]  # m, sigma, rate, g

    def mean_factor(self, t: ArrayLike) -> Any:
        """m(t), of the shape of t."""
        return self._at(0, t)

    def sigma(self, t: ArrayLike) -> Any:
        """sigma(t), of the shape of t."""
        return self._at(1, t)

    def rate(self, t: ArrayLike) -> Any:
        """rate(t), of the shape of t."""
        return self._at(2, t)

    def amplitude(self, t: ArrayLike) -> Any:
        """g(t), of the shape of t."""
        return self._at(3, t)

    def prior(self, n: int, dim: int, *, rng: Any = None) -> NDArray[np.float64]:
        """n points of N(0, sigma(T)^2 I), shape (n, dim): what x_T is for data that are small
        beside it.
        """
        n, dim = checks.integer("n", n), checks.integer("dim", dim)
        points: NDArray[np.float64] = float(self.sigma(self.T)) * numpy_generator(
            rng
        ).standard_normal((n, dim))
        return points

    def noised(self, x: ArrayLike, t: float, *, rng: Any = None) -> NDArray[np.float64]:
        """m(t) x + sigma(t) z for points x, in their shape."""
        points, t = checks.array("x", x), checks.number("t", t, least=0.0, most=self.T)
        noise = numpy_generator(rng).standard_normal(points.shape)
        found: NDArray[np.float64] = self.mean_factor(t) * points + self.sigma(t) * noise
        return found

    def _at(self, which: int, t: ArrayLike) -> Any:
        times = checks.array("t", t)
        if (times < 0).any() or (times > self.T).any():
            raise ValueError(f"t={np.asarray(t).tolist()} must lie in [0, T] = [0, {self.T:g}]")
        values = np.vectorize(lambda s: self.functions[which](s, *self.parameters), otypes=[float])(
            times
        )
        return float(values) if values.ndim == 0 else values


def _one(t: float, low: float, growth: float) -> float:
    return 1.0


def _none(t: float, low: float, growth: float) -> float:
    return 0.0


def _exploding(t: float, low: float, growth: float) -> float:
    return low * math.exp(growth * t)


def _exploding_amplitude(t: float, low: float, growth: float) -> float:
    return low * math.exp(growth * t) * math.sqrt(2.0 * growth)


def _preserving_mean(t: float, low: float, slope: float) -> float:
    return math.exp(-0.5 * (low + 0.5 * slope * t) * t)


def _preserving_sigma(t: float, low: float, slope: float) -> float:
    return math.sqrt(-math.expm1(-(low + 0.5 * slope * t) * t))


def _half_beta(t: float, low: float, slope: float) -> float:
    return 0.5 * (low + slope * t)


def _root_beta(t: float, low: float, slope: float) -> float:
    return math.sqrt(low + slope * t)


@dataclass(frozen=True, init=False)
class VE(Noising):
    """Variance exploding.

    Parameters
    ----------
    sigma_min, sigma_max : float
        Smallest and largest noise; sigma_max should exceed the distances between the data.
    T : float

    Examples
    --------
    >>> VE(0.01, 10.0).sigma([0.0, 0.5, 1.0]).round(4)
    array([ 0.01  ,  0.3162, 10.    ])
    """

    sigma_min: float = field(default=0.0)
    sigma_max: float = field(default=0.0)
    functions: ClassVar[Any] = (_one, _exploding, _none, _exploding_amplitude)

    def __init__(self, sigma_min: float, sigma_max: float, T: float = 1.0) -> None:
        low, T = checks.number("sigma_min", sigma_min, above=0.0), checks.number("T", T, above=0.0)
        high = checks.number("sigma_max", sigma_max)
        if not high > low:
            raise ValueError(
                f"sigma_max={high:g} must exceed sigma_min={low:g}: noise grows from the one to "
                f"the other"
            )
        if low < 1e-100 or high > 1e100:
            raise ValueError(
                f"sigma_min={low:g}, sigma_max={high:g} leave the range of floats when squared: "
                f"measure the data in other units"
            )
        for name, value in (
            ("T", T),
            ("parameters", (low, math.log(high / low) / T)),
            ("sigma_min", low),
            ("sigma_max", high),
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, init=False)
class VP(Noising):
    """Variance preserving.

    Parameters
    ----------
    beta_min, beta_max : float
        The rate at t = 0 and at t = T.
    T : float

    Examples
    --------
    >>> noising = VP()
    >>> round(noising.mean_factor(1.0), 6), round(noising.sigma(1.0), 6)
    (0.006572, 0.999978)
    """

    beta_min: float = field(default=0.0)
    beta_max: float = field(default=0.0)
    functions: ClassVar[Any] = (_preserving_mean, _preserving_sigma, _half_beta, _root_beta)

    def __init__(self, beta_min: float = 0.1, beta_max: float = 20.0, T: float = 1.0) -> None:
        low, T = checks.number("beta_min", beta_min, above=0.0), checks.number("T", T, above=0.0)
        high = checks.number("beta_max", beta_max, above=0.0)
        if high < low:
            raise ValueError(
                f"beta_max={high:g} must be at least beta_min={low:g}: noise enters faster and "
                f"faster"
            )
        if 0.25 * (low + high) * T > 230.0:
            raise ValueError(
                f"beta_max={high:g} over T={T:g} leaves less than 1e-100 of the data: give a "
                f"smaller one, as 20/T"
            )
        for name, value in (
            ("T", T),
            ("parameters", (low, (high - low) / T)),
            ("beta_min", low),
            ("beta_max", high),
        ):
            object.__setattr__(self, name, value)


def check_noising(noising: Any) -> Noising:
    """`noising` if it is one, else TypeError."""
    if not isinstance(noising, Noising):
        raise TypeError(
            f"noising={noising!r} must be VE(sigma_min, sigma_max) or VP(beta_min, beta_max)"
        )
    return noising
