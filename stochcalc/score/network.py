"""A score learned by a small network: one function of (x, sigma) for a whole range of noise levels.

With c and S the centre and the scale of the data and r^2 = sigma^2 + S^2, the model is

    s(x, sigma) = -(x - c)/r^2 + S/(sigma r) F((x - c)/r, ln(sigma/S))

The first term is the score of N(c, S^2 I) smoothed by sigma. The second is what is left for a net
F to learn; `learning` trains it, and `nets` has its formula.

Source: Karras, Aittala, Aila and Laine, "Elucidating the design space of diffusion-based generative
models", NeurIPS 2022 (table 1, the scalings). Needs the extra "torch".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.densities.arguments import check_rows
from stochcalc.engine import checks, memory
from stochcalc.engine.given_values import read_size
from stochcalc.score import archive, nets
from stochcalc.typing import Array

ROWS = 2048  # points at a time: activations of the larger net then take some 100 MB
PIXELS = 64  # of an image of 8 x 8


@dataclass(frozen=True, eq=False, repr=False)
class ScoreNetwork:
    r"""A learned score: a callable score(x, sigma) that `train_network` returns.

    `save` writes it to a file, and `load` reads it again.

    Attributes
    ----------
    kind : str
        The net, "mlp" or "conv".
    centre : ndarray, shape (d,)
        The centre c of the data.
    scale : float
        The scale S of the data.
    sigmas : (float, float)
        The range of noise it was trained on.
    arrays : dict of float32 arrays
        The numbers of the net, by name.

    Raises
    ------
    TypeError, ValueError
        If these are not the numbers of such a net.

    Notes
    -----
    With :math:`r^2 = \sigma^2 + S^2` and the net F

    .. math:: s(x, \sigma) = -\frac{x - c}{r^2}
        + \frac{S}{\sigma r} F\left( \frac{x - c}{r}, \log \frac{\sigma}{S} \right).

    References
    ----------
    T. Karras, M. Aittala, T. Aila and S. Laine, NeurIPS 2022, table 1. [karras2022]

    Examples
    --------
    With the extra `torch`, which brings PyTorch:

    >>> from stochcalc.score import GaussianMixture, train_network
    >>> p = GaussianMixture([1.0], [[3.0, 0.0]], 1.0)
    >>> s = train_network(p.sample(1000, rng=1), steps=20, seed=2)  # doctest: +SKIP
    >>> s(p.means, 1.0).shape  # doctest: +SKIP
    (1, 2)
    """

    kind: str
    centre: Array
    scale: float
    sigmas: tuple[float, float]
    arrays: archive.Arrays

    def __post_init__(self) -> None:
        checks.choice("kind", self.kind, nets.KINDS)
        centre = checks.array("centre", self.centre, ndim=1)
        object.__setattr__(self, "centre", centre)
        object.__setattr__(self, "scale", checks.number("scale", self.scale, above=0.0))
        object.__setattr__(self, "sigmas", check_noise_range(self.sigmas))
        nets.check_arrays(self.kind, len(centre), self.arrays)
        if self.kind == "conv" and len(centre) != PIXELS:
            raise ValueError(f"kind='conv' has {PIXELS} pixels, not {len(centre)}")

    @property
    def dim(self) -> int:
        """The dimension d of the space."""
        return len(self.centre)

    def score(self, x: ArrayLike, sigma: float) -> Array:
        """Return the learned grad log p_sigma at some points.

        Parameters
        ----------
        x : array_like, shape (n, d)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, in the range that was trained.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        ModuleNotFoundError
            Without PyTorch: pip install "stochcalc[torch]".
        TypeError, ValueError
            For points of another shape, and a sigma that was not trained.

        Notes
        -----
        The net is trained in single precision and evaluated in double. The score is then smooth up
        to rounding, as divergences by differences and the steps of an integrator need it.
        """
        torch = nets.import_torch("a ScoreNetwork")
        points = check_rows(x, self.dim)
        low, high = self.sigmas
        sigma = read_size("sigma", sigma, zero=False)
        if not low * (1 - 1e-9) <= sigma <= high * (1 + 1e-9):
            raise ValueError(
                f"sigma={sigma:g} was not trained, only {low:g} to {high:g}: stay within, or train "
                f"with other sigmas"
            )
        memory.budget(
            "the score", points.size, "use fewer points at a time", beside=3 * points.size
        )
        r = math.hypot(sigma, self.scale)
        level = math.log(sigma / self.scale)
        formula = nets.KINDS[self.kind].formula
        u = (points - self.centre) / r
        learned = np.empty(points.shape)
        with nets.run_on_one_thread(torch), torch.inference_mode():
            p = {
                name: torch.from_numpy(value.astype(np.float64))
                for name, value in self.arrays.items()
            }
            for first in range(0, len(u), ROWS):
                piece = torch.from_numpy(u[first : first + ROWS])
                levels = torch.full((len(piece),), level, dtype=torch.float64)
                learned[first : first + ROWS] = formula(p, piece, levels).numpy()
        values: Array = -u / r + self.scale / (sigma * r) * learned
        return values

    __call__ = score

    def save(self, path: str | Path) -> None:
        """Write the network to a file: numbers and their names, no code.

        Parameters
        ----------
        path : str or Path
            The file; one of that name is replaced.
        """
        archive.write(
            archive.check_file("path", path),
            "network",
            {"kind": self.kind, "scale": self.scale, "sigmas": list(self.sigmas)},
            {"centre": self.centre, **self.arrays},
        )

    @classmethod
    def load(cls, path: str | Path) -> ScoreNetwork:
        """Read the network that `save` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Raises
        ------
        ValueError
            For any other file, or a damaged one.
        """
        facts, arrays = archive.read(archive.check_file("path", path), "network")
        try:
            return cls(
                kind=facts["kind"],
                centre=checks.array("centre", arrays.pop("centre"), ndim=1),
                scale=checks.number("scale", facts["scale"]),
                sigmas=check_noise_range(facts["sigmas"]),
                arrays=arrays,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path} describes no network ({error}): it was not written by ScoreNetwork.save"
            ) from error

    def __repr__(self) -> str:
        size = sum(value.size for value in self.arrays.values())
        low, high = self.sigmas
        return (
            f"ScoreNetwork({self.kind}, dim={self.dim}, {size:,} numbers, "
            f"sigma {low:.3g} to {high:.3g})"
        )


def check_noise_range(sigmas: ArrayLike) -> tuple[float, float]:
    """Return the smallest and the largest noise, after a check of both."""
    ends = checks.array("sigmas", sigmas, ndim=1)
    if len(ends) != 2 or not 0 < ends[0] < ends[1]:
        raise ValueError(
            f"sigmas={ends.tolist()} must be the smallest and the largest noise, positive: give "
            f"(low, high)"
        )
    return float(ends[0]), float(ends[1])
