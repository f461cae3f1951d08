"""One step of training after another, with all of its state in plain arrays.

A file holds the state, and training goes on from there. Everything random in step k is a function
of (seed, k), as everywhere in this library, so the file holds no generator.

Sources: Kingma and Ba, "Adam", ICLR 2015; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992
(averages of iterates).
"""

from __future__ import annotations

import math
from pathlib import Path
from types import ModuleType

import numpy as np

from stochcalc.engine import checks
from stochcalc.score import archive, nets
from stochcalc.typing import Array

AVERAGE = 0.99  # weight of the past in the average
BETAS = (0.9, 0.99)  # weights of the past in the moments of Adam
WARM_UP = 50  # steps in which the learning rate rises
PARTS = ("weights", "average", "first", "second")  # of the state
EVERY = 250  # steps between checkpoints: some seconds, and a file takes 30 ms


class Training:
    """The state between two steps: weights, their average, Adam's moments, and the steps done.

    Parameters
    ----------
    torch : module
        PyTorch.
    kind : str
        The net, a name in `nets.KINDS`.
    dim : int
        Dimension of the space.
    lr : float
        Largest learning rate.
    seed : int
        Seed of the arrays to start from.
    """

    def __init__(self, torch: ModuleType, kind: str, dim: int, lr: float, seed: int) -> None:
        shapes = nets.KINDS[kind].shapes(dim)
        start = nets.draw_start(shapes, np.random.default_rng(seed))
        self.torch = torch
        self.kind = kind
        self.dim = dim
        self.lr = lr
        self.done = 0
        self.weights = {
            name: torch.from_numpy(value).requires_grad_() for name, value in start.items()
        }
        self.average = {name: torch.from_numpy(value.copy()) for name, value in start.items()}
        self.adam = torch.optim.Adam(list(self.weights.values()), lr, BETAS)

    def step(self, u: Array, level: Array, target: Array, steps: int) -> None:
        """Make one step of Adam on E|F - F*|^2, and of the average.

        Parameters
        ----------
        u, level, target : ndarray, shapes (n, d), (n,), (n, d)
            What the net gets and what it should answer, as `regression` returns them.
        steps : int
            Number of steps of the whole training.
        """
        torch = self.torch
        k = self.done
        inputs, levels, answers = (
            torch.from_numpy(value.astype(np.float32)) for value in (u, level, target)
        )
        values = nets.KINDS[self.kind].formula(self.weights, inputs, levels)
        loss = (values - answers).square().mean()
        if not math.isfinite(float(loss.detach())):
            raise FloatingPointError(
                f"the loss is {float(loss.detach())} at step {k}, with lr={self.lr:g}: take a "
                f"smaller lr"
            )
        self.adam.zero_grad()
        loss.backward()
        rise = min(1.0, (k + 1) / WARM_UP)
        self.adam.param_groups[0]["lr"] = (
            self.lr * rise * 0.5 * (1.0 + math.cos(math.pi * k / steps))
        )
        self.adam.step()
        move = 1.0 - min(AVERAGE, (1 + k) / (10 + k))  # the start is soon forgotten
        with torch.no_grad():
            for name, value in self.weights.items():
                self.average[name].lerp_(value, move)
        self.done = k + 1

    def state(self) -> archive.Arrays:
        """Return all arrays of the state, under the names part/name."""
        moments = [self.adam.state[value] for value in self.weights.values()]
        parts = {
            "weights": list(self.weights.values()),
            "average": list(self.average.values()),
            "first": [moment["exp_avg"] for moment in moments],
            "second": [moment["exp_avg_sq"] for moment in moments],
        }
        return {
            f"{part}/{name}": value.detach().numpy()
            for part, values in parts.items()
            for name, value in zip(self.weights, values)
        }

    def keep(self, file: Path, terms: archive.Facts) -> None:
        """Write the state to the file, every EVERY steps and after the last.

        `terms` are the data and arguments of the training, by name.
        """
        if self.done % EVERY == 0 or self.done == terms["steps"]:
            archive.write(file, "training", {**terms, "done": self.done}, self.state(), keep=True)

    def resume(self, file: Path, terms: archive.Facts) -> None:
        """Go on from the state in the file, if there is one.

        Raises
        ------
        ValueError
            If the state belongs to a training with other terms.
        """
        content = archive.read_latest(file, "training")
        if content is None:
            return
        facts, arrays = content
        for name, value in terms.items():
            if facts.get(name) != value:
                raise ValueError(
                    f"checkpoint={str(file)!r} was made with {name}={str(facts.get(name))[:60]}, "
                    f"and {name}={str(value)[:60]} is asked for: give the same, another file, or "
                    f"remove it and {archive.previous(file).name}"
                )
        self.done = checks.integer(f"done in {file}", facts.get("done"), 1, terms["steps"])
        parts = {part: _arrays_of(part, arrays) for part in PARTS}
        for values in parts.values():
            nets.check_arrays(self.kind, self.dim, values)
        torch = self.torch
        with torch.no_grad():
            for name, value in self.weights.items():
                value.copy_(torch.from_numpy(parts["weights"][name]))
                self.average[name].copy_(torch.from_numpy(parts["average"][name]))
        moments = {
            i: {
                "step": torch.tensor(float(self.done)),
                "exp_avg": torch.from_numpy(parts["first"][name]),
                "exp_avg_sq": torch.from_numpy(parts["second"][name]),
            }
            for i, name in enumerate(self.weights)
        }
        self.adam.load_state_dict(
            {"state": moments, "param_groups": self.adam.state_dict()["param_groups"]}
        )


def _arrays_of(part: str, arrays: archive.Arrays) -> archive.Arrays:
    """Return the arrays of one part of a state, by name."""
    start = f"{part}/"
    return {
        name.removeprefix(start): value for name, value in arrays.items() if name.startswith(start)
    }


def regression(away: Array, scale: float, sigma: Array, z: Array) -> tuple[Array, Array, Array]:
    """Return what the net is given, u and ln(sigma/S), and what it should answer, F*.

    Parameters
    ----------
    away : ndarray, shape (n, d)
        Data y, counted from their centre c.
    scale : float
        Scale S of the data.
    sigma : ndarray, shape (n, 1)
        Noise levels.
    z : ndarray, shape (n, d)
        Standard normals.
    """
    r = np.hypot(sigma, scale)
    u = (away + sigma * z) / r
    target = (sigma * away / scale - scale * z) / r
    return u, np.log(sigma[:, 0] / scale), target


def draw(
    points: Array,
    spec: nets.Kind,
    batch: int,
    low: float,
    high: float,
    name: tuple[int, int],
) -> tuple[Array, Array, Array]:
    """Draw the data y, the noise levels sigma and the normals z of one step.

    Parameters
    ----------
    points : ndarray, shape (n, d)
        The data.
    spec : nets.Kind
        The net, which says how its noise levels are drawn.
    batch : int
        Number of data in a step.
    low, high : float
        Smallest and largest noise.
    name : (int, int)
        Seed and number of the step.

    Returns
    -------
    tuple of ndarray, shapes (batch, d), (batch, 1), (batch, d)
    """
    rng = np.random.default_rng(name)
    y = points[rng.integers(len(points), size=batch)]
    sigma = np.exp(spec.levels(rng, batch, low, high))[:, None]
    return y, sigma, rng.standard_normal(y.shape)
