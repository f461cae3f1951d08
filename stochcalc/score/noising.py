"""How data turn into noise: dx = -rate(t) x dt + g(t) dW, which gives x_t = m(t) x + sigma(t) z.

Here x is a point of the data, m(t) = exp(-int_0^t rate), and z is standard normal. sigma(0) need
not be 0: VE starts from data that are smoothed already. Any score s(x, sigma) of data smoothed by
sigma also gives the score of x_t, which is s_t(x) = s(x/m, sigma/m)/m. The noisings in use are
in `noising_kinds`.

Source: Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, Score-based generative modeling
through stochastic differential equations, ICLR 2021, section 3.4 and appendix B.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.engine.time_range import snap_to_ends
from stochcalc.engine.words import show
from stochcalc.typing import Array, Number, Seed


class NoisingFunctions(NamedTuple):
    """The functions of (t, *parameters) that describe a noising; they are compiled as they are.

    Attributes
    ----------
    mean_factor, sigma, rate, amplitude : callable
        m(t), sigma(t), rate(t) and g(t).
    """

    mean_factor: Callable[..., float]
    sigma: Callable[..., float]
    rate: Callable[..., float]
    amplitude: Callable[..., float]


@dataclass(frozen=True)
class Noising:
    """A linear noising of data, dx = -rate(t) x dt + g(t) dW: `VE`, `VP` or `Straight`.

    Attributes
    ----------
    T : float
        End of the noising, where the reverse begins.
    parameters : tuple of floats
        The parameters of its functions.
    functions : NoisingFunctions
        m, sigma, rate and g as plain functions of `(t, *parameters)`.

    References
    ----------
    Y. Song et al., ICLR 2021, section 3.4 and appendix B. [song2021]

    Examples
    --------
    >>> from stochcalc.score import VP
    >>> noising = VP()
    >>> round(noising.mean_factor(1.0), 4), round(noising.sigma(1.0), 4)
    (0.0066, 1.0)
    """

    T: float
    parameters: tuple[float, ...] = field(repr=False)
    functions: ClassVar[NoisingFunctions]

    def __post_init__(self) -> None:
        if not hasattr(self, "functions"):
            raise TypeError(
                "Noising has no functions m, sigma, rate and g: use VE or VP, or Straight"
            )
        checks.number("T", self.T, above=0.0)
        checks.array("parameters", self.parameters, ndim=1)

    def mean_factor(self, t: ArrayLike) -> Number:
        """Return m(t), in the shape of t.

        Parameters
        ----------
        t : array_like
            Times in [0, T].

        Examples
        --------
        >>> from stochcalc.score import VE
        >>> VE(0.01, 10.0).mean_factor(0.5)
        1.0
        """
        return self._evaluate(self.functions.mean_factor, t)

    def sigma(self, t: ArrayLike) -> Number:
        """Return sigma(t), the standard deviation of the noise in x_t, in the shape of t.

        Parameters
        ----------
        t : array_like
            Times in [0, T].

        Examples
        --------
        >>> from stochcalc.score import VE
        >>> VE(0.01, 10.0).sigma(0.0)
        0.01
        """
        return self._evaluate(self.functions.sigma, t)

    def rate(self, t: ArrayLike) -> Number:
        """Return rate(t), at which the data decay, in the shape of t.

        Parameters
        ----------
        t : array_like
            Times in [0, T].

        Examples
        --------
        >>> from stochcalc.score import VP
        >>> VP(0.1, 20.0).rate(1.0)
        10.0
        """
        return self._evaluate(self.functions.rate, t)

    def amplitude(self, t: ArrayLike) -> Number:
        """Return g(t), the factor of dW, in the shape of t.

        Parameters
        ----------
        t : array_like
            Times in [0, T].

        Examples
        --------
        >>> from stochcalc.score import VP
        >>> VP(1.0, 4.0).amplitude([0.0, 1.0])
        array([1., 2.])
        """
        return self._evaluate(self.functions.amplitude, t)

    def prior(self, n: int, dim: int, *, rng: Seed = None) -> Array:
        """Draw points of N(0, sigma(T)^2 I), the law of x_T for data that are small beside it.

        Parameters
        ----------
        n : int
            Number of points.
        dim : int
            Dimension of the space.
        rng : None, int, SeedSequence or Generator
            Seed of NumPy's generator, which draws them.

        Returns
        -------
        ndarray, shape (n, dim)

        Raises
        ------
        TypeError, ValueError
            For n or dim below 1, or what is no seed.

        Examples
        --------
        >>> from stochcalc.score import VE
        >>> VE(0.01, 10.0).prior(3, 2, rng=1).shape
        (3, 2)
        """
        n = checks.integer("n", n)
        dim = checks.integer("dim", dim)
        memory.budget("the points", n * dim, "draw fewer points at a time")
        points: Array = numpy_generator(rng).standard_normal((n, dim))
        points *= float(self.sigma(self.T))
        return points

    def noised(self, x: ArrayLike, t: float, *, rng: Seed = None) -> Array:
        """Draw m(t) x + sigma(t) z for points x, with z standard normal.

        Parameters
        ----------
        x : array_like
            Data, of any shape.
        t : float
            Time in [0, T].
        rng : None, int, SeedSequence or Generator
            Seed of NumPy's generator, which draws z.

        Returns
        -------
        ndarray, of the shape of x

        Raises
        ------
        TypeError, ValueError
            For what is no array of numbers, a time outside [0, T], or what is no seed.

        Examples
        --------
        >>> from stochcalc.score import VP
        >>> VP().noised([[3.0, 0.0]], 0.0, rng=1)
        array([[3., 0.]])
        """
        points = checks.array("x", x)
        t = checks.number("t", t)
        remedy = "use fewer points at a time"
        memory.budget("the points", points.size, remedy, beside=points.size)
        values: Array = numpy_generator(rng).standard_normal(points.shape)
        values *= self.sigma(t)
        values += self.mean_factor(t) * points
        return values

    def _evaluate(self, function: Callable[..., float], t: ArrayLike) -> Number:
        """Return a function of the noising at times in [0, T], in their shape."""
        times = snap_to_ends("t", checks.array("t", t), 0.0, self.T, "the noising ends at T")
        at_each = np.vectorize(lambda s: function(s, *self.parameters), otypes=[float])
        values = at_each(times)
        if values.ndim == 0:
            return float(values)
        return values


def check_noising(noising: object) -> Noising:
    """Return `noising` if it is one, else raise TypeError."""
    if not isinstance(noising, Noising):
        raise TypeError(
            f"noising={show(noising)} must be VE(sigma_min, sigma_max) or VP(beta_min, beta_max), "
            f"or Straight()"
        )
    return noising
