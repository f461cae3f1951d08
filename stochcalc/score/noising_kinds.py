"""The noisings in use: VE explodes the variance, VP preserves it, Straight goes by straight lines.

    VE          rate = 0, m = 1, sigma(t) = sigma_min (sigma_max/sigma_min)^(t/T)
    VP          rate = beta/2, g = sqrt(beta), m = exp(-(1/2) int beta), sigma^2 = 1 - m^2
    Straight    rate = 1/(1 - t), g = sqrt(2 t/(1 - t)), m = 1 - t, sigma = t

with beta(t) = beta_min + (beta_max - beta_min) t/T. VE starts at sigma_min, not at 0: at t = 0 the
data are smoothed by sigma_min. Straight ends before t = 1, where nothing is left of the data.

Sources: Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, Score-based generative modeling
through stochastic differential equations, ICLR 2021, section 3.4 and appendix B; Lipman, Chen,
Ben-Hamu, Nickel and Le, Flow matching for generative modeling, ICLR 2023.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from stochcalc.engine import checks
from stochcalc.engine.given_values import read_size
from stochcalc.score.noising import Noising, NoisingFunctions

# ---- the functions of time of the noisings


def _one(t: float, low: float, growth: float) -> float:
    """Return m = 1."""
    return 1.0


def _none(t: float, low: float, growth: float) -> float:
    """Return rate = 0."""
    return 0.0


def _exploding(t: float, low: float, growth: float) -> float:
    """Return sigma = sigma_min e^(growth t), for growth = log(sigma_max/sigma_min)/T."""
    return low * math.exp(growth * t)


def _exploding_amplitude(t: float, low: float, growth: float) -> float:
    """Return g = (d sigma^2/dt)^(1/2)."""
    return low * math.exp(growth * t) * math.sqrt(2.0 * growth)


def _preserving_mean(t: float, low: float, slope: float) -> float:
    """Return m = exp(-(1/2) int_0^t beta)."""
    return math.exp(-0.5 * (low + 0.5 * slope * t) * t)


def _preserving_sigma(t: float, low: float, slope: float) -> float:
    """Return sigma = (1 - m^2)^(1/2)."""
    return math.sqrt(-math.expm1(-(low + 0.5 * slope * t) * t))


def _half_beta(t: float, low: float, slope: float) -> float:
    """Return rate = beta/2."""
    return 0.5 * (low + slope * t)


def _root_beta(t: float, low: float, slope: float) -> float:
    """Return g = beta^(1/2)."""
    return math.sqrt(low + slope * t)


def _straight_mean(t: float) -> float:
    """Return m = 1 - t."""
    return 1.0 - t


def _straight_sigma(t: float) -> float:
    """Return sigma = t."""
    return t


def _straight_rate(t: float) -> float:
    """Return rate = -m'/m."""
    return 1.0 / (1.0 - t)


def _straight_amplitude(t: float) -> float:
    """Return g, from g^2 = (sigma^2)' + 2 rate sigma^2."""
    return math.sqrt(2.0 * t / (1.0 - t))


EXPLODING = NoisingFunctions(
    mean_factor=_one, sigma=_exploding, rate=_none, amplitude=_exploding_amplitude
)
PRESERVING = NoisingFunctions(
    mean_factor=_preserving_mean, sigma=_preserving_sigma, rate=_half_beta, amplitude=_root_beta
)
STRAIGHT = NoisingFunctions(
    mean_factor=_straight_mean,
    sigma=_straight_sigma,
    rate=_straight_rate,
    amplitude=_straight_amplitude,
)
LEAST_LEFT = 1e-6  # of the data at the end: the velocity is right to rounding over this


@dataclass(frozen=True, init=False)
class VE(Noising):
    r"""A noising with exploding variance: noise is added to data that stay as they are.

    Parameters
    ----------
    sigma_min, sigma_max : float
        Standard deviations of the noise at t = 0 and at t = T; sigma_max should exceed the
        distances between the data.
    T : float
        End of the noising.

    Raises
    ------
    TypeError, ValueError
        Unless 0 < sigma_min < sigma_max and T > 0, in the range of floats when squared.

    Notes
    -----
    .. math:: x_t = x_0 + \sigma(t) z,
        \qquad \sigma(t) = \sigma_{\min} \left( \frac{\sigma_{\max}}{\sigma_{\min}} \right)^{t/T}.

    References
    ----------
    Y. Song et al., ICLR 2021, section 3.4. [song2021]

    Examples
    --------
    >>> VE(0.01, 10.0).sigma([0.0, 0.5, 1.0]).round(4)
    array([ 0.01  ,  0.3162, 10.    ])
    """

    sigma_min: float = field(default=0.0)
    sigma_max: float = field(default=0.0)
    functions: ClassVar[NoisingFunctions] = EXPLODING

    def __init__(self, sigma_min: float, sigma_max: float, T: float = 1.0) -> None:
        low = checks.number("sigma_min", sigma_min, above=0.0)
        T = read_size("T", T, zero=False)
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
        object.__setattr__(self, "T", T)
        object.__setattr__(self, "parameters", (low, math.log(high / low) / T))
        object.__setattr__(self, "sigma_min", low)
        object.__setattr__(self, "sigma_max", high)


@dataclass(frozen=True, init=False)
class VP(Noising):
    r"""A noising with preserved variance: data of variance one keep it while they turn into noise.

    Parameters
    ----------
    beta_min, beta_max : float
        The rate beta at t = 0 and at t = T, between which it is linear.
    T : float
        End of the noising.

    Raises
    ------
    TypeError, ValueError
        Unless 0 < beta_min <= beta_max and T > 0, and some of the data is left at T.

    Notes
    -----
    .. math:: x_t = m(t) x_0 + \sqrt{1 - m(t)^2} \, z,
        \qquad m(t) = \exp \left( -\tfrac12 \int_0^t \beta(u) \, \dd u \right).

    References
    ----------
    Y. Song et al., ICLR 2021, section 3.4. [song2021]

    Examples
    --------
    >>> noising = VP()
    >>> round(noising.mean_factor(1.0), 6), round(noising.sigma(1.0), 6)
    (0.006572, 0.999978)
    """

    beta_min: float = field(default=0.0)
    beta_max: float = field(default=0.0)
    functions: ClassVar[NoisingFunctions] = PRESERVING

    def __init__(self, beta_min: float = 0.1, beta_max: float = 20.0, T: float = 1.0) -> None:
        low = checks.number("beta_min", beta_min, above=0.0)
        T = read_size("T", T, zero=False)
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
        object.__setattr__(self, "T", T)
        object.__setattr__(self, "parameters", (low, (high - low) / T))
        object.__setattr__(self, "beta_min", low)
        object.__setattr__(self, "beta_max", high)


@dataclass(frozen=True, init=False)
class Straight(Noising):
    r"""A noising along straight lines from data to noise: the interpolant of flow matching.

    The probability flow of this noising is what flow matching and rectified flow learn, and Euler's
    steps along it are those of `ancestral` with eta = 0. The rate has no bound as t comes near 1,
    so Euler's steps of the reverse-time equation (`reverse_sde`) are poor here: use
    `probability_flow` or `ancestral`, whose steps are right at any T.

    Parameters
    ----------
    T : float
        End of the noising, in (0, 1): at 1 nothing is left of the data.

    Raises
    ------
    TypeError, ValueError
        Unless T is above 0, and below 1 by 1e-6 or more.

    Notes
    -----
    .. math:: x_t = (1 - t) \, x_0 + t \, z .

    References
    ----------
    Y. Lipman et al., ICLR 2023; X. Liu, C. Gong and Q. Liu, ICLR 2023. [lipman2023] [liu2023]

    Examples
    --------
    >>> noising = Straight()
    >>> noising.mean_factor([0.0, 0.25]), noising.sigma([0.0, 0.25])
    (array([1.  , 0.75]), array([0.  , 0.25]))
    """

    functions: ClassVar[NoisingFunctions] = STRAIGHT

    def __init__(self, T: float = 0.999) -> None:
        end = checks.number("T", T, above=0.0)
        if end > 1.0 - LEAST_LEFT:
            raise ValueError(
                f"T={end:g} must be below 1 by {LEAST_LEFT:g} or more: at 1 nothing is left of the "
                f"data"
            )
        object.__setattr__(self, "T", end)
        object.__setattr__(self, "parameters", ())
