"""A score that was fitted with random features: `RandomFeatureScore`, and how it is evaluated.

`features` has the model and its sources, and fits it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.densities.arguments import check_rows
from stochcalc.engine import checks, memory
from stochcalc.engine.given_values import read_size
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False, repr=False)
class RandomFeatureScore:
    r"""A score fitted by `fit_random_features` at L levels of noise, with K features each.

    It is a callable score(x, sigma).

    Parameters
    ----------
    sigmas : ndarray, shape (L,)
        The levels of noise.
    mean : ndarray, shape (d,)
        The mean m of the data.
    precisions : ndarray, shape (L, d, d)
        (C + sigma^2 I)^-1, with the covariance C of the data.
    constants : ndarray, shape (L, d)
        The constants c.
    frequencies, phases, amplitudes : ndarray, shapes (L, K, d), (L, K), (L, K, d)
        w, b and a of the cosines.

    Raises
    ------
    TypeError, ValueError
        For arrays of other shapes.

    Notes
    -----
    .. math:: s(x) = -(C + \sigma^2 I)^{-1} (x - m) + c
        + \sum_{j=1}^K a_j \cos(w_j \cdot (x - m) + b_j)

    References
    ----------
    A. Rahimi and B. Recht, NeurIPS 2007. [rahimirecht2007]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture, fit_random_features
    >>> p = GaussianMixture([1.0], [[3.0, 0.0]], 1.0)
    >>> s = fit_random_features(p.sample(2000, rng=1), [1.0], features=50, rng=2)
    >>> s.precisions.shape, s.amplitudes.shape
    ((1, 2, 2), (1, 50, 2))
    """

    sigmas: Array
    mean: Array
    precisions: Array
    constants: Array
    frequencies: Array
    phases: Array
    amplitudes: Array

    def __post_init__(self) -> None:
        dim = len(checks.array("mean", self.mean, ndim=1))
        levels = len(checks.array("sigmas", self.sigmas, ndim=1))
        features = np.shape(self.phases)[-1:]
        expected = {
            "precisions": (levels, dim, dim),
            "constants": (levels, dim),
            "frequencies": (levels, *features, dim),
            "phases": (levels, *features),
            "amplitudes": (levels, *features, dim),
        }
        for name, shape in expected.items():
            given = np.shape(getattr(self, name))
            if given != shape:
                raise ValueError(f"{name} has shape {given}: it must be {shape}")

    @property
    def dim(self) -> int:
        """The dimension d of the space."""
        return len(self.mean)

    def score(self, x: ArrayLike, sigma: float) -> Array:
        """Return the learned grad log p_sigma at some points; nothing is interpolated.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            One of the levels of noise that were fitted.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and a sigma that was not fitted.

        Examples
        --------
        >>> from stochcalc.score import fit_random_features
        >>> model = fit_random_features([[-1.0], [1.0]], [2.0], features=0)
        >>> model.score([[5.0]], 2.0)
        array([[-1.]])
        """
        points = check_rows(x, self.dim)
        level = read_size("sigma", sigma, zero=False)
        matches = np.flatnonzero(np.isclose(self.sigmas, level, rtol=1e-9, atol=0.0))
        if not len(matches):
            known = ", ".join(f"{known:.6g}" for known in self.sigmas)
            raise ValueError(f"sigma={sigma!r} was not fitted: take one of {known}, or fit it")
        i = int(matches[0])
        beside = 2 * len(points) * (self.dim + self.phases.shape[1])
        memory.budget("the score", points.size, "use fewer points at a time", beside=beside)
        away = points - self.mean
        waves = np.cos(away @ self.frequencies[i].T + self.phases[i])
        learned: Array = self.constants[i] - away @ self.precisions[i] + waves @ self.amplitudes[i]
        return learned

    __call__ = score

    def __repr__(self) -> str:
        levels = ", ".join(f"{sigma:.3g}" for sigma in self.sigmas)
        features = self.phases.shape[1]
        return f"RandomFeatureScore(dim={self.dim}, features={features}, sigmas=[{levels}])"
