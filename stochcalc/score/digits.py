"""Do samples look like handwritten digits, and are they new ones? Three measures with limits.

The data are the 1797 images of 8 x 8 pixels in scikit-learn, scaled to [0, 1]: 1437 to train on,
and 360 held out. Samples are clipped to [0, 1] first, since images end there (and a fitted
Gaussian, which does not, would pass the first measure otherwise). The limits were set before any
score was trained.

energy, at most 2
    The energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| between samples and held-out digits, over
    the median of this distance for as many training digits.
confidence, at least 0.85
    The share of samples that a classifier takes for some digit with probability above 0.8, over
    that share of the held-out digits.
nearest, at least 0.8
    The median distance from a sample to the nearest training digit, over that from a held-out
    digit.

The first asks for the right law, the second for digits, and the third forbids copies. A Gaussian
with the data's mean and covariance fails the first two. The score of the smoothed training digits
(`Empirical`), which no score beats at denoising these, fails the third, because its samples are
training digits. The classifier is a logistic regression on radial features, which vanish far from
all digits, so that noise leaves it undecided.

The three measures do not ask for everything: ten Gaussians, one fitted to each class with the help
of its label, pass them.

Sources: Szekely and Rizzo, "Energy statistics", J. Stat. Plan. Inference 143, 2013; Alpaydin and
Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository, 1998 (the
data). Needs the extra "ml".
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.densities.empirical import Empirical
from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.score.moves import smoothed
from stochcalc.score.noising import VE
from stochcalc.score.reverse import ancestral

SIDE, HELD_OUT, SURE, REPEATS = 8, 360, 0.8, 200
ENERGY, CONFIDENCE, NEAREST = 2.0, 0.85, 0.8  # the limits
# From what no eye sees to well above the distances between digits, about 3.
NOISING = VE(0.02, 10.0)


@dataclass(frozen=True)
class Measures:
    """What the three measures say of some samples; prints itself.

    Attributes
    ----------
    name : str
        Whose samples.
    energy, confidence, nearest : float
        The ratios of this module's table.
    """

    name: str
    energy: float
    confidence: float
    nearest: float

    @property
    def verdicts(self) -> tuple[bool, bool, bool]:
        """Whether each measure keeps its limit."""
        return self.energy <= ENERGY, self.confidence >= CONFIDENCE, self.nearest >= NEAREST

    @property
    def passes(self) -> bool:
        """Whether all three do."""
        return all(self.verdicts)

    def __str__(self) -> str:
        cells = [
            f"{value:10.2f} {'    ' if good else 'FAIL'}"
            for value, good in zip((self.energy, self.confidence, self.nearest), self.verdicts)
        ]
        return f"{self.name:<28}{''.join(cells)}".rstrip()


HEADER = (
    f"{'':<28}{'energy':>10}     {'confidence':>10}     {'nearest':>10}\n"
    f"{'limit':<28}{f'<= {ENERGY:.2f}':>10}     {f'>= {CONFIDENCE:.2f}':>10}     "
    f"{f'>= {NEAREST:.2f}':>10}"
)


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """The data, the classifier, and what the measures give for real digits. Made by `load`.

    Attributes
    ----------
    train, held : ndarray, shapes (1437, 64), (360, 64)
        Images in [0, 1].
    classifier : object
        With predict_proba, fitted to the training digits and their labels.
    energies : ndarray
        Energy distances of sets of training digits, as large as the samples, to the held-out ones.
    confident, near : float
        The share and the median of the held-out digits.
    n : int
        Samples in a set.
    """

    train: NDArray[np.float64]
    held: NDArray[np.float64]
    classifier: Any
    energies: NDArray[np.float64]
    confident: float
    near: float
    n: int

    def measure(self, name: str, samples: ArrayLike) -> Measures:
        """The three ratios for samples (n, 64), clipped to [0, 1]; n as `load` was given it."""
        x = checks.array("samples", samples, ndim=2)
        if x.shape[1] != SIDE * SIDE:
            raise ValueError(
                f"samples have shape {x.shape}: give (n, {SIDE * SIDE}), one image of {SIDE} x "
                f"{SIDE} per row"
            )
        if len(x) != self.n:
            raise ValueError(
                f"samples are {len(x)} and these measures were made for sets of {self.n}: "
                f"load({len(x)})"
            )
        x = np.clip(x, 0.0, 1.0)
        return Measures(
            name,
            energy_distance(x, self.held) / float(np.median(self.energies)),
            _confident(self.classifier, x) / self.confident,
            self.distance_to_train(x) / self.near,
        )

    def distance_to_train(self, x: NDArray[np.float64]) -> float:
        """Median distance from images to the nearest training digit."""
        return float(np.median(distances(x, self.train).min(axis=1)))

    def gaussian(self, n: int, *, rng: Any = None) -> NDArray[np.float64]:
        """Control: n points of the Gaussian with the training digits' mean and covariance."""
        n = checks.integer("n", n)
        return numpy_generator(rng).multivariate_normal(
            self.train.mean(axis=0), np.cov(self.train.T), n, method="eigh"
        )

    def empirical(self, n: int, *, rng: Any = None) -> NDArray[np.float64]:
        """Control: n samples by the score that knows the training digits by heart."""
        return sample(Empirical(self.train), n, rng=rng)

    def controls(self, n: int, *, rng: Any = None) -> tuple[Measures, Measures]:
        """The measures of n samples of each control."""
        generator = numpy_generator(rng)
        return (
            self.measure("control: fitted Gaussian", self.gaussian(n, rng=generator)),
            self.measure("control: training data", self.empirical(n, rng=generator)),
        )


def load(n: int = 256) -> Digits:
    """The digits and their measures, for sets of n samples.

    Parameters
    ----------
    n : int
        Samples in a set, 2 to 1437: energy distances depend on it, so real digits are drawn in sets
        of that size.

    Raises
    ------
    ModuleNotFoundError
        Without scikit-learn: pip install "stochcalc[ml]".
    """
    n = checks.integer("n", n, 2, 1797 - HELD_OUT)
    train, held, classifier = _fitted()
    rng = np.random.default_rng(1)
    energies = [
        energy_distance(train[rng.choice(len(train), n, replace=False)], held)
        for _ in range(REPEATS)
    ]
    near = float(np.median(distances(held, train).min(axis=1)))
    return Digits(
        train, held, classifier, np.array(energies), _confident(classifier, held), near, n
    )


@functools.lru_cache(maxsize=1)
def _fitted() -> tuple[NDArray[np.float64], NDArray[np.float64], Any]:
    """Training and held-out digits, not to be written to, and the classifier."""
    try:
        with interrupts_held_back():
            from sklearn.datasets import load_digits
            from sklearn.kernel_approximation import Nystroem
            from sklearn.linear_model import LogisticRegression
            from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise ModuleNotFoundError(
            'the digits need scikit-learn: pip install "stochcalc[ml]"', name="sklearn"
        ) from error
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))  # the file is ordered by writer
    images, labels = images[order] / 16.0, labels[order]
    images.setflags(write=False)
    train, held = images[:-HELD_OUT], images[-HELD_OUT:]
    classifier = make_pipeline(
        Nystroem(gamma=0.3, n_components=500, random_state=0),
        LogisticRegression(C=10.0, max_iter=2000),
    )
    return train, held, classifier.fit(train, labels[:-HELD_OUT])


def sample(
    score: Any, n: int, *, steps: int = 100, rng: Any = None, progress: Any = False
) -> NDArray[np.float64]:
    """n images (n, 64) from noise: ancestral sampling over NOISING, and a last step onto the
    denoised image.

    Not clipped: some pixels lie a little outside [0, 1].
    """
    n, steps = checks.integer("n", n), checks.integer("steps", steps)
    generator = numpy_generator(rng)
    start = NOISING.prior(n, SIDE * SIDE, rng=generator)
    x, sigma = (
        ancestral(score, NOISING, start, n=steps, rng=generator, progress=progress),
        NOISING.sigma_min,
    )
    images: NDArray[np.float64] = x + sigma * sigma * smoothed(score)(x, sigma, "at the end")
    return images


def table(*rows: Measures) -> str:
    """The rows under the limits."""
    return "\n".join([HEADER, *map(str, rows)])


def draw(ax: Any, images: ArrayLike, columns: int = 16) -> Any:
    """Draw images (n, 64), clipped to [0, 1], row by row on the axes."""
    x = np.clip(checks.array("images", images, ndim=2), 0.0, 1.0)
    rows, edge = -(-len(x) // columns), SIDE + 1
    page = np.zeros((rows * edge + 1, columns * edge + 1)) + 0.4
    for i, image in enumerate(x):
        top, left = edge * (i // columns) + 1, edge * (i % columns) + 1
        page[top : top + SIDE, left : left + SIDE] = image.reshape(SIDE, SIDE)
    ax.imshow(page, cmap="gray_r", vmin=0.0, vmax=1.0, interpolation="nearest")
    ax.set_axis_off()
    return ax


def nearest(x: NDArray[np.float64], data: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each row of x the row of data that is nearest."""
    found: NDArray[np.float64] = data[distances(x, data).argmin(axis=1)]
    return found


def distances(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """|a_i - b_j|, to some 1e-8: squares come from |a|^2 + |b|^2 - 2 a.b."""
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2.0 * a @ b.T
    return np.sqrt(np.maximum(squares, 0.0))


def energy_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'| of the two empirical laws, each point paired with itself
    as well.
    """
    within = [distances(x, x) for x in (a, b)]
    for table in within:
        np.fill_diagonal(table, 0.0)
    return float(2.0 * distances(a, b).mean() - within[0].mean() - within[1].mean())


def _confident(classifier: Any, x: NDArray[np.float64]) -> float:
    return float((classifier.predict_proba(x).max(axis=1) > SURE).mean())
