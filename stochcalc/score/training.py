"""One step of training after another, with all of its state in plain arrays.

A file holds the state, and training goes on from there. Everything random in step k is a function
of (seed, k), as everywhere in this library, so the file holds no generator.

Adam is written out here. PyTorch's own makes the same numbers, but when it is made it imports
PyTorch's compiler, which takes more than a second and is not used.

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
EPSILON = 1e-8  # added to the root of Adam's second moment
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
        self.first = {name: torch.zeros_like(value) for name, value in self.average.items()}
        self.second = {name: torch.zeros_like(value) for name, value in self.average.items()}

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
        gradients = torch.autograd.grad(loss, list(self.weights.values()))
        rise = min(1.0, (k + 1) / WARM_UP)
        lr = self.lr * rise * 0.5 * (1.0 + math.cos(math.pi * k / steps))
        move = 1.0 - min(AVERAGE, (1 + k) / (10 + k))  # the start is soon forgotten
        with torch.no_grad():
            for name, gradient in zip(self.weights, gradients):
                self._move_by_adam(name, gradient, lr)
                self.average[name].lerp_(self.weights[name], move)
        self.done = k + 1

    def _move_by_adam(self, name: str, gradient: nets.Tensor, lr: float) -> None:
        """Move the weights of one name by a step of Adam.

        With the means g of the gradients and v of their squares, which forget by BETAS, w moves by
        -lr g/(sqrt v + EPSILON). Both means start at 0, and are divided by the weight that they
        have gathered since.
        """
        first = self.first[name]
        second = self.second[name]
        first.lerp_(gradient, 1.0 - BETAS[0])
        second.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1.0 - BETAS[1])
        gathered_first = 1.0 - BETAS[0] ** (self.done + 1)
        gathered_second = 1.0 - BETAS[1] ** (self.done + 1)
        root = (second.sqrt() / math.sqrt(gathered_second)).add_(EPSILON)
        self.weights[name].addcdiv_(first, root, value=-lr / gathered_first)

    def state(self) -> archive.Arrays:
        """Return all arrays of the state, under the names part/name."""
        parts = {
            "weights": self.weights,
            "average": self.average,
            "first": self.first,
            "second": self.second,
        }
        return {
            f"{part}/{name}": value.detach().numpy()
            for part, values in parts.items()
            for name, value in values.items()
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
            for name in self.weights:
                self.weights[name].copy_(torch.from_numpy(parts["weights"][name]))
                self.average[name].copy_(torch.from_numpy(parts["average"][name]))
                self.first[name].copy_(torch.from_numpy(parts["first"][name]))
                self.second[name].copy_(torch.from_numpy(parts["second"][name]))


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
