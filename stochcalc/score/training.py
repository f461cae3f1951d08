"""One step of training after another, with all of its state in plain arrays: a file holds it, and
it goes on from there.

Everything random in step k is a function of (seed, k), as everywhere in this library, so the file
holds no generator.

Sources: Kingma and Ba, "Adam", ICLR 2015; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992
(averages of iterates).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.score import archive, nets

AVERAGE, BETAS, WARM_UP = 0.99, (0.9, 0.99), 50
EVERY = 250  # steps between checkpoints: some seconds, and a file takes 30 ms


class Training:
    """The state between two steps: weights, their average, Adam's two moments, and the number of
    steps done.
    """

    def __init__(self, torch: Any, kind: str, dim: int, lr: float, seed: int) -> None:
        shapes = nets.KINDS[kind].shapes(dim)
        start = nets.started(shapes, np.random.default_rng(seed))
        self.torch, self.kind, self.dim, self.lr, self.done = torch, kind, dim, lr, 0
        self.weights = {
            name: torch.from_numpy(value).requires_grad_() for name, value in start.items()
        }
        self.average = {name: torch.from_numpy(value.copy()) for name, value in start.items()}
        self.adam = torch.optim.Adam(list(self.weights.values()), lr, BETAS)

    def step(self, u: Any, level: Any, target: Any, steps: int) -> None:
        """One step of Adam on E|F - F*|^2, and of the average."""
        torch, k = self.torch, self.done
        u, level, target = (
            torch.from_numpy(value.astype(np.float32)) for value in (u, level, target)
        )
        loss = (nets.KINDS[self.kind].formula(self.weights, u, level) - target).square().mean()
        if not math.isfinite(float(loss.detach())):
            raise FloatingPointError(
                f"the loss is {float(loss.detach())} at step {k}, with lr={self.lr:g}: take a "
                f"smaller lr"
            )
        self.adam.zero_grad()
        loss.backward()
        self.adam.param_groups[0]["lr"] = (
            self.lr * min(1.0, (k + 1) / WARM_UP) * 0.5 * (1.0 + math.cos(math.pi * k / steps))
        )
        self.adam.step()
        move = 1.0 - min(AVERAGE, (1 + k) / (10 + k))  # the start is soon forgotten
        with torch.no_grad():
            for name, value in self.weights.items():
                self.average[name].lerp_(value, move)
        self.done = k + 1

    def state(self) -> archive.Arrays:
        """All arrays by name."""
        moments = [self.adam.state[value] for value in self.weights.values()]
        return {
            f"{part}/{name}": value.detach().numpy()
            for part, values in (
                ("weights", self.weights.values()),
                ("average", self.average.values()),
                ("first", [one["exp_avg"] for one in moments]),
                ("second", [one["exp_avg_sq"] for one in moments]),
            )
            for name, value in zip(self.weights, values)
        }

    def keep(self, file: Path, terms: dict[str, Any]) -> None:
        """Write the state to the file if it is due: every EVERY steps and after the last."""
        if self.done % EVERY == 0 or self.done == terms["steps"]:
            archive.write(file, "training", {**terms, "done": self.done}, self.state(), keep=True)

    def resume(self, file: Path, terms: dict[str, Any]) -> None:
        """Go on from the state in the file, if there is one; ValueError if it belongs to another
        training.
        """
        found = archive.read_latest(file, "training")
        if found is None:
            return
        facts, arrays = found
        for name, value in terms.items():
            if facts.get(name) != value:
                raise ValueError(
                    f"checkpoint={str(file)!r} was made with {name}={str(facts.get(name))[:60]}, "
                    f"and {name}={str(value)[:60]} is asked for: give the same, another file, or "
                    f"remove it and {archive.previous(file).name}"
                )
        self.done = checks.integer(f"done in {file}", facts.get("done"), 1, terms["steps"])
        parts = {
            part: {
                name.removeprefix(f"{part}/"): value
                for name, value in arrays.items()
                if name.startswith(f"{part}/")
            }
            for part in ("weights", "average", "first", "second")
        }
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


def regression(
    away: NDArray[np.float64], scale: float, sigma: NDArray[np.float64], z: NDArray[np.float64]
) -> tuple[Any, Any, Any]:
    """What the net is given, u and ln(sigma/S), and what it should answer, F*: for y - c and z (n,
    d), and sigma (n, 1).
    """
    r = np.hypot(sigma, scale)
    return (
        (away + sigma * z) / r,
        np.log(sigma[:, 0] / scale),
        (sigma * away / scale - scale * z) / r,
    )


def draw(
    points: NDArray[np.float64],
    spec: nets.Kind,
    batch: int,
    low: float,
    high: float,
    name: tuple[int, int],
) -> tuple[Any, Any, Any]:
    """Data y, noise levels sigma (batch, 1) and normals z of the step with this name."""
    rng = np.random.default_rng(name)
    y = points[rng.integers(len(points), size=batch)]
    return y, np.exp(spec.levels(rng, batch, low, high))[:, None], rng.standard_normal(y.shape)
