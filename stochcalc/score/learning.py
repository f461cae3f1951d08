"""How a score network learns: denoising at a random noise level, step after step.

In the notation of `network`, the model is s(x, sigma) = -(x - c)/r^2 + S/(sigma r) F with a net F,
where r^2 = sigma^2 + S^2. For data y and x = y + sigma z the denoising loss E|sigma s(x, sigma) +
z|^2, weighted by r^2/S^2, is

    E|F - F*|^2,    F* = (sigma (y - c)/S - S z)/r

whose target F* has variance one at every sigma, so that no noise level outweighs the others. The
loss is minimised by Adam, with a learning rate that rises over 50 steps and then falls like a
cosine. The result is an exponential average of the weights along the way.

Everything random in step k is a function of (seed, k). A training that was interrupted therefore
goes on from its checkpoint to the same bits as if nothing had happened, on the same machine and
version of PyTorch. It uses one thread, because sums over several threads have no fixed order.

Sources: Vincent, Neural Computation 23, 2011 (the loss); Karras, Aittala, Aila and Laine,
"Elucidating the design space of diffusion-based generative models", NeurIPS 2022 (table 1, the
scalings); Kingma and Ba, "Adam", ICLR 2015; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992
(averages of iterates). Needs the extra "torch".
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop.progress import check_progress, progress_bar
from stochcalc.score import archive, nets
from stochcalc.score.network import PIXELS, ScoreNetwork, check_noise_range
from stochcalc.score.training import Training, draw, regression
from stochcalc.typing import Array, Progress

PIXEL_CENTRE = 0.3
PIXEL_SCALE = 0.5
PIXEL_SIGMAS = (0.015, 12.0)
NARROWEST = 0.01  # the range of sigma in units of the scale, unless it is given
WIDEST = 50.0


@hint_names
def train_network(
    data: ArrayLike,
    *,
    kind: str = "mlp",
    sigmas: tuple[float, float] | None = None,
    steps: int | None = None,
    batch: int | None = None,
    lr: float | None = None,
    seed: int = 0,
    progress: Progress = False,
    checkpoint: str | Path | None = None,
) -> ScoreNetwork:
    """Learn the score of the data smoothed by every sigma in a range.

    Parameters
    ----------
    data : array_like, shape (n, d)
        Samples, one per row; for "conv" images of 8 x 8 pixels in [0, 1], d = 64.
    kind : str
        The net: "mlp" for points of a few dimensions, "conv" for images of 8 x 8.
    sigmas : (float, float), optional
        Smallest and largest noise; by default 0.01 to 50 times the data's scale (their root mean
        square deviation from their centre, by coordinate), and 0.015 to 12 for "conv". `VP()` asks
        for sigma/m up to 152.
    steps, batch : int, optional
        Number of gradient steps, and of data in each: by default 4000 of 128 for "mlp" (some 10 s),
        and 7000 of 64 for "conv" (some 4 minutes).
    lr : float, optional
        Largest learning rate; by default 0.003.
    seed : int
        Seed of the training, at least 0: the same seed gives the same bits.
    progress : bool or callable
        A progress bar (needs tqdm), or progress(done, steps).
    checkpoint : str or Path, optional
        A file that holds the state, written every 250 steps and at the end; the state before it is
        kept in the file of that name with .prev. If either exists, training goes on from it, and it
        must come from the same data and arguments: remove both to start afresh.

    Returns
    -------
    ScoreNetwork
        The learned score, a callable score(x, sigma).

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
    The net knows nothing but the data. With few data and many steps it approaches the score of the
    smoothed data points (`Empirical`), whose samples are copies of the data. Away from the data it
    is right only where noise has carried them: see the gallery.

    References
    ----------
    P. Vincent, Neural Computation 23 (2011) 1661, for the loss; T. Karras, M. Aittala, T. Aila and
    S. Laine, NeurIPS 2022, for the scalings; D. P. Kingma and J. Ba, ICLR 2015, for Adam;
    B. T. Polyak and A. B. Juditsky, SIAM J. Control Optim. 30 (1992) 838, for the average.
    [vincent2011] [karras2022] [kingmaba2015] [polyakjuditsky1992]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture, train_network
    >>> p = GaussianMixture([1.0], [[3.0, 0.0]], 1.0)
    >>> points = p.sample(1000, rng=1)
    >>> train_network(points, sigmas=(0.1, 10.0), steps=20, seed=2)  # doctest: +SKIP
    ScoreNetwork(mlp, dim=2, 70,786 numbers, sigma 0.1 to 10)
    """
    points = checks.array("data", data, ndim=2)
    check_progress(progress)
    spec = nets.KINDS[checks.choice("kind", kind, nets.KINDS)]
    centre, scale = _centre_and_scale(points, kind)
    if sigmas is None:
        sigmas = _default_range(kind, scale)
    low, high = check_noise_range(sigmas)
    if steps is None:
        steps = spec.steps
    if batch is None:
        batch = spec.batch
    if lr is None:
        lr = spec.lr
    steps = checks.integer("steps", steps, most=10**8)
    batch = checks.integer("batch", batch, most=1 << 16)
    lr = checks.number("lr", lr, above=0.0, most=1e30)
    seed = checks.integer("seed", seed, 0)
    file = None
    if checkpoint is not None:
        file = archive.check_file("checkpoint", checkpoint)
    torch = nets.import_torch("train_network")
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
    with nets.run_on_one_thread(torch):
        training = Training(torch, kind, points.shape[1], lr, seed)
        if file is not None:
            training.resume(file, terms)
        with progress_bar(progress, steps, "step", done=training.done) as advance:
            while training.done < steps:
                y, sigma, z = draw(points, spec, batch, low, high, (seed, training.done))
                u, level, target = regression(y - centre, scale, sigma, z)
                training.step(u, level, target, steps)
                if file is not None:
                    training.keep(file, terms)
                advance(1)
    arrays = {name: value.numpy().copy() for name, value in training.average.items()}
    return ScoreNetwork(kind=kind, centre=centre, scale=scale, sigmas=(low, high), arrays=arrays)


def _default_range(kind: str, scale: float) -> tuple[float, float]:
    """Return the smallest and the largest noise for a net, unless they are given."""
    if kind == "conv":
        return PIXEL_SIGMAS
    return NARROWEST * scale, WIDEST * scale


def _centre_and_scale(points: Array, kind: str) -> tuple[Array, float]:
    """Return c and S of the data; those of images are the same for all data."""
    if kind == "conv":
        if points.shape[1] != PIXELS:
            raise ValueError(
                f"data has shape {points.shape}: kind='conv' takes images of 8 x 8, rows of "
                f"{PIXELS} pixels; use kind='mlp' for points"
            )
        if points.min() < 0 or points.max() > 1:
            raise ValueError(
                f"data lie in [{points.min():g}, {points.max():g}]: kind='conv' takes pixels in "
                f"[0, 1]; rescale them"
            )
        return np.full(PIXELS, PIXEL_CENTRE), PIXEL_SCALE
    centre = points.mean(axis=0)
    scale = float(np.sqrt(np.square(points - centre).mean()))
    if not 1e-100 < scale < 1e100:
        raise ValueError(
            f"data have a root mean square deviation of {scale:g}: give points that differ, in "
            f"units of ordinary size"
        )
    return centre, scale
