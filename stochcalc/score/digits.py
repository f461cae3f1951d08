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
training digits. The data and the classifier are in `digit_data`, the distances in `distances`.

The three measures do not ask for everything: ten Gaussians, one fitted to each class with the help
of its label, pass them.

Sources: Szekely and Rizzo, "Energy statistics", J. Stat. Plan. Inference 143, 2013; Alpaydin and
Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository, 1998 (the
data). Needs the extra "ml".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.densities.empirical import Empirical
from stochcalc.engine import checks
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.score.denoising_steps import ancestral
from stochcalc.score.digit_data import HELD_OUT, Classifier, load_data, use_one_thread
from stochcalc.score.distances import energies_of_subsets, energy_distance, pairwise_distances
from stochcalc.score.evaluation import evaluate
from stochcalc.score.noising_kinds import VE
from stochcalc.typing import Array, Axes, Progress, Score, Seed

SIDE = 8  # pixels
SURE = 0.8  # probability from which on the classifier counts as confident
REPEATS = 200  # sets of real digits that are drawn
# The limits of the three measures.
ENERGY = 2.0
CONFIDENCE = 0.85
NEAREST = 0.8
# From what no eye sees to well above the distances between digits, about 3.
NOISING = VE(0.02, 10.0)


@dataclass(frozen=True)
class Measures:
    """What the three measures say of some samples; it prints itself as one line.

    Attributes
    ----------
    name : str
        Whose samples they are.
    energy, confidence, nearest : float
        The three ratios that the module's docstring defines.
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
        """Whether all three measures keep their limits."""
        return all(self.verdicts)

    def __str__(self) -> str:
        line = f"{self.name:<28}"
        for value, good in zip((self.energy, self.confidence, self.nearest), self.verdicts):
            mark = "FAIL"
            if good:
                mark = "    "
            line += f"{value:10.2f} {mark}"
        return line.rstrip()


HEADER = (
    f"{'':<28}{'energy':>10}     {'confidence':>10}     {'nearest':>10}\n"
    f"{'limit':<28}{f'<= {ENERGY:.2f}':>10}     {f'>= {CONFIDENCE:.2f}':>10}     "
    f"{f'>= {NEAREST:.2f}':>10}"
)


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """The data, the classifier, and what the measures give for real digits, as `load` returns them.

    Attributes
    ----------
    train, held : ndarray, shapes (1437, 64), (360, 64)
        Images in [0, 1], to train on and held out.
    classifier : Classifier
        A classifier fitted to the training digits and their labels.
    energies : ndarray
        Energy distances of sets of training digits, as large as the samples, to the held-out ones.
    confident : float
        Share of the held-out digits that the classifier is sure of.
    near : float
        Median distance from the held-out digits to the nearest training digit.
    n : int
        Number of samples in a set.
    """

    train: Array
    held: Array
    classifier: Classifier
    energies: Array
    confident: float
    near: float
    n: int

    def measure(self, name: str, samples: ArrayLike) -> Measures:
        """Return the three ratios for samples, which are clipped to [0, 1] first.

        Parameters
        ----------
        name : str
            Whose samples they are.
        samples : array_like, shape (n, 64)
            As many images as `load` was told.
        """
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
        with use_one_thread():
            return Measures(
                name=name,
                energy=energy_distance(x, self.held) / float(np.median(self.energies)),
                confidence=_share_of_confident(self.classifier, x) / self.confident,
                nearest=self.distance_to_train(x) / self.near,
            )

    def distance_to_train(self, x: Array) -> float:
        """Return the median distance from images x (n, 64) to the nearest training digit."""
        return float(np.median(pairwise_distances(x, self.train).min(axis=1)))

    def gaussian(self, n: int, *, rng: Seed = None) -> Array:
        """Draw n points of the Gaussian with the mean and covariance of the training digits."""
        n = checks.integer("n", n)
        generator = numpy_generator(rng)
        mean = self.train.mean(axis=0)
        return generator.multivariate_normal(mean, np.cov(self.train.T), n, method="eigh")

    def empirical(self, n: int, *, rng: Seed = None) -> Array:
        """Sample n images by the score that knows the training digits by heart."""
        return sample(Empirical(self.train), n, rng=rng)

    def controls(self, n: int, *, rng: Seed = None) -> tuple[Measures, Measures]:
        """Return the measures of n samples of each control.

        Parameters
        ----------
        n : int
            Number of samples; as many as `load` was told.
        rng : None, int, SeedSequence or Generator
            Seed of NumPy's generator.
        """
        generator = numpy_generator(rng)
        return (
            self.measure("control: fitted Gaussian", self.gaussian(n, rng=generator)),
            self.measure("control: training data", self.empirical(n, rng=generator)),
        )


def load(n: int = 256) -> Digits:
    """Return the digits and their measures, for sets of n samples.

    Parameters
    ----------
    n : int
        Number of samples in a set, 2 to 1437: energy distances depend on it, so real digits are
        drawn in sets of that size.

    Raises
    ------
    ModuleNotFoundError
        Without scikit-learn: pip install "stochcalc[ml]".
    """
    n = checks.integer("n", n, 2, 1797 - HELD_OUT)
    train, held, classifier = load_data()
    with use_one_thread():
        return Digits(
            train=train,
            held=held,
            classifier=classifier,
            energies=energies_of_subsets(train, held, n, REPEATS, np.random.default_rng(1)),
            confident=_share_of_confident(classifier, held),
            near=float(np.median(pairwise_distances(held, train).min(axis=1))),
            n=n,
        )


def sample(
    score: Score, n: int, *, steps: int = 100, rng: Seed = None, progress: Progress = False
) -> Array:
    """Sample n images from noise, shape (n, 64).

    Ancestral sampling over NOISING is followed by a last step onto the denoised image. The images
    are not clipped: some pixels lie a little outside [0, 1].

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of images, smoothed by sigma.
    n : int
        Number of images.
    steps : int
        Number of steps of ancestral sampling.
    rng : None, int, SeedSequence or Generator
        Seed of the noise.
    progress : bool or callable
        A progress bar (needs tqdm), or progress(done, steps).
    """
    n = checks.integer("n", n)
    steps = checks.integer("steps", steps)
    generator = numpy_generator(rng)
    start = NOISING.prior(n, SIDE * SIDE, rng=generator)
    sigma = NOISING.sigma_min
    with use_one_thread():
        x = ancestral(score, NOISING, start, n=steps, rng=generator, progress=progress)
        images: Array = x + sigma * sigma * evaluate(score, x, sigma, "at the end")
    return images


def table(*rows: Measures) -> str:
    """Return a text with the measures, one line each, under their limits."""
    return "\n".join([HEADER, *map(str, rows)])


def draw(ax: Axes, images: ArrayLike, columns: int = 16) -> Axes:
    """Draw images row by row on the axes, in the colour of their text, and return the axes.

    Parameters
    ----------
    ax : matplotlib Axes
        Where to draw.
    images : array_like, shape (n, 64)
        Images, which are clipped to [0, 1].
    columns : int
        Number of images in a row.
    """
    from stochcalc.plot.heat_maps import shades
    from stochcalc.plot.look import ink

    x = np.clip(checks.array("images", images, ndim=2), 0.0, 1.0)
    rows = -(-len(x) // columns)
    edge = SIDE + 1
    page = np.zeros((rows * edge + 1, columns * edge + 1)) + 0.4
    for i, image in enumerate(x):
        top = edge * (i // columns) + 1
        left = edge * (i % columns) + 1
        page[top : top + SIDE, left : left + SIDE] = image.reshape(SIDE, SIDE)
    ax.imshow(page, cmap=shades(ink(ax)), vmin=0.0, vmax=1.0, interpolation="nearest")
    ax.set_axis_off()
    return ax


def _share_of_confident(classifier: Classifier, x: Array) -> float:
    """Return the share of images that the classifier takes for some digit with certainty."""
    return float((classifier.predict_proba(x).max(axis=1) > SURE).mean())
