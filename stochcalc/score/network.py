"""A score learned by a small network: one function of (x, sigma) for a whole range of noise levels.

With c and S the centre and the scale of the data and r^2 = sigma^2 + S^2, the model is

    s(x, sigma) = -(x - c)/r^2 + S/(sigma r) F((x - c)/r, ln(sigma/S))

The first term is the score of N(c, S^2 I) smoothed by sigma; F, a net, learns what is left. For
data y and x = y + sigma z the denoising loss E|sigma s(x, sigma) + z|^2, weighted by r^2/S^2, is

    E|F - F*|^2,    F* = (sigma (y - c)/S - S z)/r

whose target has variance one at every sigma, so no level drowns another. It is minimised by Adam
with a learning rate that rises over 50 steps and falls by a cosine; the result is an exponential
average of the weights along the way.

Everything random in step k is a function of (seed, k), so training that was interrupted goes on
from its checkpoint to the same bits as if nothing had happened, on the same machine and version of
PyTorch. One thread: sums over several have no fixed order.

Sources: Vincent, Neural Computation 23, 2011 (the loss); Karras, Aittala, Aila and Laine,
"Elucidating the design space of diffusion-based generative models", NeurIPS 2022 (table 1, the
scalings); Kingma and Ba, "Adam", ICLR 2015; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992
(averages of iterates). Needs the extra "torch".
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.densities.empirical import points_of
from stochcalc.engine import checks
from stochcalc.engine.loop import runner
from stochcalc.score import archive, nets
from stochcalc.score.training import Training, draw, regression

ROWS = 2048  # points at a time: activations of the larger net then take some 100 MB
PIXELS, PIXEL_CENTRE, PIXEL_SCALE, PIXEL_SIGMAS = 64, 0.3, 0.5, (0.015, 12.0)
NARROWEST, WIDEST = 0.01, 50.0  # range of sigma in units of the scale, unless it is given


@dataclass(frozen=True, eq=False, repr=False)
class ScoreNetwork:
    """A learned score; a callable score(x, sigma). Made by `train_network`, kept by `save` and
    `load`.

    Attributes
    ----------
    kind : str
        "mlp" or "conv".
    centre : ndarray, shape (d,)
    scale : float
        c and S of the module's formula.
    sigmas : (float, float)
        The range of noise it was trained on.
    arrays : dict of float32 arrays
    """

    kind: str
    centre: NDArray[np.float64]
    scale: float
    sigmas: tuple[float, float]
    arrays: dict[str, NDArray[Any]]

    @property
    def dim(self) -> int:
        """Dimension d of the space."""
        return len(self.centre)

    def score(self, x: ArrayLike, sigma: float) -> NDArray[np.float64]:
        """The learned grad log p_sigma at x of shape (n, d), for a sigma within the range that was
        trained.

        Trained in single precision and evaluated in double: a score that is smooth to rounding, as
        divergences by differences and the steps of an integrator need it.
        """
        torch = nets.torch_for("a ScoreNetwork")
        points, (low, high) = points_of(x, self.dim), self.sigmas
        sigma = checks.number("sigma", sigma, above=0.0)
        if not low * (1 - 1e-9) <= sigma <= high * (1 + 1e-9):
            raise ValueError(
                f"sigma={sigma:g} was not trained, only {low:g} to {high:g}: stay within, or train "
                f"with other "
                "sigmas"
            )
        r, level = math.hypot(sigma, self.scale), math.log(sigma / self.scale)
        u = (points - self.centre) / r
        learned = np.empty(points.shape)
        with nets.one_thread(torch), torch.inference_mode():
            p = {
                name: torch.from_numpy(value.astype(np.float64))
                for name, value in self.arrays.items()
            }
            for first in range(0, len(u), ROWS):
                piece = torch.from_numpy(u[first : first + ROWS])
                levels = torch.full((len(piece),), level, dtype=torch.float64)
                learned[first : first + ROWS] = (
                    nets.KINDS[self.kind].formula(p, piece, levels).numpy()
                )
        found: NDArray[np.float64] = -u / r + self.scale / (sigma * r) * learned
        return found

    __call__ = score

    def save(self, path: str | Path) -> None:
        """Write the network to a file (numbers and their names: no code); a file of that name is
        replaced.
        """
        archive.write(
            _file("path", path),
            "network",
            {"kind": self.kind, "scale": self.scale, "sigmas": list(self.sigmas)},
            {"centre": self.centre, **self.arrays},
        )

    @classmethod
    def load(cls, path: str | Path) -> ScoreNetwork:
        """The network that `save` wrote; ValueError for any other file, and for a damaged one."""
        facts, arrays = archive.read(_file("path", path), "network")
        try:
            kind, scale, sigmas = (
                facts["kind"],
                checks.number("scale", facts["scale"], above=0.0),
                _range(facts["sigmas"]),
            )
            centre = checks.array("centre", arrays.pop("centre"), ndim=1)
            nets.check_arrays(checks.choice("kind", kind, nets.KINDS), len(centre), arrays)
            if kind == "conv" and len(centre) != PIXELS:
                raise ValueError(f"kind='conv' has {PIXELS} pixels, not {len(centre)}")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path} describes no network ({error}): it was not written by ScoreNetwork.save"
            ) from error
        return cls(kind, centre, scale, sigmas, arrays)

    def __repr__(self) -> str:
        size = sum(value.size for value in self.arrays.values())
        return (
            f"ScoreNetwork({self.kind}, dim={self.dim}, {size:,} numbers, sigma "
            f"{self.sigmas[0]:.3g} to "
            f"{self.sigmas[1]:.3g})"
        )


def train_network(
    data: ArrayLike,
    *,
    kind: str = "mlp",
    sigmas: tuple[float, float] | None = None,
    steps: int | None = None,
    batch: int | None = None,
    lr: float | None = None,
    seed: int = 0,
    progress: Any = False,
    checkpoint: str | Path | None = None,
) -> ScoreNetwork:
    """Learn the score of the data smoothed by every sigma in a range.

    Parameters
    ----------
    data : array_like, shape (n, d)
        Samples, one per row; for "conv" images of 8 x 8 pixels in [0, 1], d = 64.
    kind : str
        "mlp" for points, of a few dimensions; "conv" for images of 8 x 8.
    sigmas : (float, float)
        Smallest and largest noise; by default 0.01 to 50 times the data's scale (their root mean
        square deviation from their centre, by coordinate), and 0.015 to 12 for "conv". `VP()` asks
        for sigma/m up to 152.
    steps, batch : int
        Gradient steps and data in each: 4000 of 128 for "mlp" (some 10 s), 7000 of 64 for "conv"
        (some 4 minutes).
    lr : float
        Largest learning rate (0.003).
    seed : int
        At least 0: the same seed gives the same bits.
    progress : bool or callable
        A progress bar (needs tqdm), or progress(done, steps).
    checkpoint : str or Path
        File that holds the state every 250 steps and at the end; the state before stands in the
        file of that name with .prev. If either exists, training goes on from it, and it must come
        from the same data and arguments: remove both to start afresh.

    Returns
    -------
    ScoreNetwork

    Raises
    ------
    ModuleNotFoundError
        Without PyTorch: pip install "stochcalc[torch]".
    TypeError, ValueError
        For bad data or arguments, and for a checkpoint that is damaged or belongs to another
        training.
    FloatingPointError
        If the loss stops being finite.

    Notes
    -----
    The data are all the net knows: with few of them and many steps it approaches the score of the
    smoothed data points (`Empirical`), whose samples are copies. Outside the data it is right only
    where noise has been: see the gallery.

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([1.0], [[3.0, 0.0]], 1.0)
    >>> train_network(p.sample(1000, rng=1), sigmas=(0.1, 10.0), steps=20, seed=2)      # doctest: +SKIP
    ScoreNetwork(mlp, dim=2, 70,786 numbers, sigma 0.1 to 10)
    """
    points = checks.array("data", data, ndim=2)
    spec = nets.KINDS[checks.choice("kind", kind, nets.KINDS)]
    centre, scale = _centre_and_scale(points, kind)
    low, high = _range(
        (PIXEL_SIGMAS if kind == "conv" else (NARROWEST * scale, WIDEST * scale))
        if sigmas is None
        else sigmas
    )
    steps = spec.steps if steps is None else checks.integer("steps", steps, most=10**8)
    batch = spec.batch if batch is None else checks.integer("batch", batch, most=1 << 16)
    lr = spec.lr if lr is None else checks.number("lr", lr, above=0.0)
    seed, file = (
        checks.integer("seed", seed, 0),
        None if checkpoint is None else _file("checkpoint", checkpoint),
    )
    torch = nets.torch_for("train_network")
    terms = {
        "kind": kind,
        "sigmas": [low, high],
        "steps": steps,
        "batch": batch,
        "lr": lr,
        "seed": seed,
        "data": f"{points.shape} {hashlib.sha256(points.tobytes()).hexdigest()}",
        "torch": str(torch.__version__),
    }
    with nets.one_thread(torch):
        training = Training(torch, kind, points.shape[1], lr, seed)
        if file is not None:
            training.resume(file, terms)
        with runner.progress_bar(progress, steps, "step") as advance:
            advance(training.done)
            while training.done < steps:
                y, sigma, z = draw(points, spec, batch, low, high, (seed, training.done))
                training.step(*regression(y - centre, scale, sigma, z), steps)
                if file is not None:
                    training.keep(file, terms)
                advance(1)
    arrays = {name: value.numpy().copy() for name, value in training.average.items()}
    return ScoreNetwork(kind, centre, scale, (low, high), arrays)


def _centre_and_scale(points: NDArray[np.float64], kind: str) -> tuple[NDArray[np.float64], float]:
    if kind == "conv":
        if points.shape[1] != PIXELS:
            raise ValueError(
                f"data has shape {points.shape}: kind='conv' takes images of 8 x 8, rows of "
                f"{PIXELS} pixels; use "
                "kind='mlp' for points"
            )
        if points.min() < 0 or points.max() > 1:
            raise ValueError(
                f"data lie in [{points.min():g}, {points.max():g}]: kind='conv' takes pixels in "
                f"[0, 1]; rescale "
                "them"
            )
        return np.full(PIXELS, PIXEL_CENTRE), PIXEL_SCALE
    centre = points.mean(axis=0)
    scale = float(np.sqrt(np.square(points - centre).mean()))
    if not 1e-100 < scale < 1e100:
        raise ValueError(
            f"data have a root mean square deviation of {scale:g}: give points that differ, in "
            f"units of ordinary "
            "size"
        )
    return centre, scale


def _range(sigmas: Any) -> tuple[float, float]:
    ends = checks.array("sigmas", sigmas, ndim=1)
    if len(ends) != 2 or not 0 < ends[0] < ends[1]:
        raise ValueError(
            f"sigmas={ends.tolist()} must be the smallest and the largest noise, positive: give "
            f"(low, high)"
        )
    return float(ends[0]), float(ends[1])


def _file(name: str, path: Any) -> Path:
    if not isinstance(path, str | Path):
        raise TypeError(f"{name}={path!r} must be the name of a file")
    file = Path(path)
    if file.is_dir() or not file.parent.is_dir():
        fault = "is a folder" if file.is_dir() else "lies in no folder that exists"
        raise ValueError(f"{name}={str(path)!r} {fault}: name a file")
    return file
