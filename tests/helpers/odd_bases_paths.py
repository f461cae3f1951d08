"""Valid calls of what makes paths and measures them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from odd_endings import Base

import stochcalc as sc

GRID = np.linspace(0.0, 1.0, 33)
W = sc.brownian(n=4, paths=3, key=7)
PLANE = sc.brownian(n=4, paths=3, dim=2, key=7)
FINE = sc.brownian(n=32, paths=2, key=7)
STREAMED = sc.brownian(n=4, paths=300, key=7, store=False)
JUMPS = sc.poisson(2.0, n=4, paths=3, key=7)
UNIFORM = sc.Partition.uniform(1.0, 4)
# A path with eight binary digits, which float32 holds.
PRICES = np.round(32.0 * np.sin(np.arange(33.0))) / 256.0 + 8.0
ESTIMATE = sc.Estimate.normal(1.0, 0.25)
MOMENTS = sc.Moments.of(np.arange(8.0))


def of_value(w: float) -> float:
    """Return w^2."""
    return w * w


def slope(w: float) -> float:
    """Return the derivative of w^2."""
    return 2.0 * w


def constant(w: float) -> float:
    """Return the second derivative of w^2."""
    return 2.0


def of_path(t: float, w: float) -> float:
    """Return t + w^2."""
    return t + w * w


def of_sum(t: float, w: float, r: float) -> float:
    """Return the square of a sum."""
    return r * r


def last(values: np.ndarray) -> np.ndarray:
    """Return the last values of paths."""
    return values[:, -1]


def make_files(folder: Path) -> dict[str, Base]:
    """Return the valid call of what reads a table of prices."""
    file = folder / "prices.csv"
    file.write_text("day,close\n2024-01-30,8.5\n2024-01-31,8.25\n2024-02-01,8.75\n")
    three = {"name": "close", "values": PRICES[:3], "times": None, "labels": ("a", "b", "c")}
    return {
        "read_csv": Base(sc.read_csv, {"path": file, "column": "close", "time": "day"}),
        # What a series holds is checked where it is used: tests/cases/test_masked.py.
        "Series": Base(sc.Series, three, left_out=("values", "times"), finite=False),
    }


def make_paths() -> dict[str, Base]:
    """Return valid calls of partitions, motions and constructions."""
    return {
        "Partition": Base(sc.Partition, {"times": np.array([0.0, 0.5, 1.0])}),
        "Partition.check_inside": Base(UNIFORM.check_inside, {"times": np.array([0.25, 0.5])}),
        "Partition.coarsen": Base(UNIFORM.coarsen, {"k": 2}),
        "Partition.dyadic": Base(sc.Partition.dyadic, {"T": 1.0, "level": 3}),
        "Partition.graded": Base(sc.Partition.graded, {"T": 1.0, "n": 4, "power": 2.0}),
        "Partition.of": Base(sc.Partition.of, {"t": np.array([0.0, 0.5, 1.0])}),
        "Partition.random": Base(sc.Partition.random, {"T": 1.0, "n": 4, "rng": 1}),
        "Partition.refine": Base(UNIFORM.refine, {"k": 2}),
        "Partition.uniform": Base(sc.Partition.uniform, {"T": 1.0, "n": 4, "t0": 0.5}),
        "brownian": Base(sc.brownian, {"T": 1.0, "n": 4, "paths": 2, "dim": 2, "key": 7}),
        "poisson": Base(
            sc.poisson,
            {"rate": 2.0, "T": 1.0, "n": 4, "jump": 0.5, "deviation": 0.25, "paths": 2, "key": 7},
        ),
        "fractional_brownian": Base(
            sc.fractional_brownian, {"H": 0.25, "T": 1.0, "n": 4, "paths": 2, "key": 7}
        ),
        "coloured_noise": Base(
            sc.coloured_noise, {"tau": 0.5, "T": 1.0, "n": 4, "size": 2.0, "paths": 2, "key": 7}
        ),
        "telegraph_noise": Base(
            sc.telegraph_noise, {"tau": 0.5, "T": 1.0, "n": 4, "size": 2.0, "paths": 2, "key": 7}
        ),
        "Process.block": Base(JUMPS.block, {"first": 0, "last": 2}),
        "Process.block_increments": Base(JUMPS.block_increments, {"first": 0, "last": 2}),
        "Process.block_starts": Base(JUMPS.block_starts, {"first": 0, "last": 2}),
        "Process.coarsen": Base(JUMPS.coarsen, {"k": 2}),
        "Process.noise": Base(JUMPS.noise, {"plain": False}),
        "BrownianPaths.at": Base(W.at, {"times": np.array([0.25, 0.375])}),
        "BrownianPaths.block": Base(W.block, {"first": 0, "last": 2}),
        "BrownianPaths.block_at": Base(
            W.block_at, {"times": np.array([0.25, 0.375]), "first": 0, "last": 2}
        ),
        "BrownianPaths.block_increments": Base(W.block_increments, {"first": 0, "last": 2}),
        "BrownianPaths.coarsen": Base(W.coarsen, {"k": 2}),
        "BrownianPaths.component": Base(PLANE.component, {"i": 1}),
        "BrownianPaths.cut": Base(W.cut, {"partition": sc.Partition.uniform(1.0, 2)}),
        "BrownianPaths.from_increments": Base(
            sc.BrownianPaths.from_increments,
            {"increments": np.array([[0.5, -0.25], [0.25, 1.0]]), "t": np.array([0.0, 0.5, 1.0])},
        ),
        "BrownianPaths.noise": Base(W.noise, {"plain": True}),
        "BrownianPaths.refine": Base(W.refine, {"k": 2}),
        "expectation": Base(sc.expectation, {"f": last, "W": STREAMED}),
        "bridge": Base(sc.bridge, {"W": W, "start": 0.0, "end": 1.0}),
        "polygon": Base(sc.polygon, {"W": W, "pieces": 2}),
        "levy_construction": Base(sc.levy_construction, {"W": W, "level": 1}),
        "karhunen_loeve": Base(sc.karhunen_loeve, {"W": W, "terms": 2}),
        "maximum": Base(sc.maximum, {"W": W, "observe": None}),
    }


def make_integrals() -> dict[str, Base]:
    """Return valid calls of Riemann sums and integrals."""
    step_process = sc.StepProcess([0.0, 0.5, 1.0], [1.0, 2.0])
    return {
        "riemann_sum": Base(sc.riemann_sum, {"f": of_path, "W": W, "lam": 0.5}),
        "ito": Base(sc.ito, {"f": of_path, "W": W, "running": False, "save": "all"}),
        "stratonovich": Base(sc.stratonovich, {"f": of_path, "W": W, "observe": None}),
        "backward": Base(sc.backward, {"f": of_path, "W": W, "against": None}),
        "riemann_limit": Base(
            sc.riemann_limit, {"f": of_value, "df": constant, "W": W, "lam": 0.5}
        ),
        "ito_residual": Base(sc.ito_residual, {"F": of_value, "f": slope, "df": constant, "W": W}),
        "paley_wiener_zygmund": Base(
            sc.paley_wiener_zygmund, {"g": lambda t: 1.0 - t, "dg": lambda t: -1.0, "W": W}
        ),
        "StepProcess": Base(
            sc.StepProcess, {"times": np.array([0.0, 0.5, 1.0]), "values": np.array([1.0, 2.0])}
        ),
        "StepProcess.integrate": Base(step_process.integrate, {"W": W}),
        "iterated_integrals": Base(sc.iterated_integrals, {"W": W, "order": 2}),
        "hermite": Base(sc.hermite, {"order": 2, "t": 1.0, "w": np.array([0.5, 1.0])}),
        "exponential_martingale": Base(sc.exponential_martingale, {"W": W, "a": 0.5}),
        "levy_area": Base(sc.levy_area, {"W": PLANE, "i": 0, "j": 1}),
        "double_integrals": Base(sc.double_integrals, {"W": PLANE, "terms": 2}),
        "levy_area_terms": Base(sc.levy_area_terms, {"error": 0.25, "h": 0.5, "dim": 2}),
    }


def make_variations() -> dict[str, Base]:
    """Return valid calls of estimators of the variation."""
    return {
        "quadratic_variation": Base(sc.quadratic_variation, {"x": PRICES, "t": GRID}),
        "spot_variance": Base(sc.spot_variance, {"x": PRICES, "t": GRID, "window": 8}),
        "covariation": Base(sc.covariation, {"x": PRICES, "y": PRICES[::-1].copy()}),
        "power_variation": Base(sc.power_variation, {"x": PRICES, "p": 2.0}),
        "observe": Base(sc.observe, {"W": W, "noise": 0.25, "sigma": 1.0}),
        "jump_test": Base(sc.jump_test, {"x": PRICES, "t": GRID}),
        "detect_jumps": Base(sc.detect_jumps, {"x": PRICES, "t": GRID, "window": 16}),
        "volatility": Base(sc.volatility, {"series": PRICES, "window": 4, "jump_window": 16}),
    }


def make_estimates() -> dict[str, Base]:
    """Return valid calls of numbers with errors, which may be unknown: nan is a number there."""
    calls = {
        "Estimate": Base(
            sc.Estimate, {"value": 1.0, "stderr": 0.5, "low": 0.0, "high": 2.0, "confidence": 0.5}
        ),
        "Estimate.mean": Base(sc.Estimate.mean, {"samples": np.arange(4.0), "confidence": 0.5}),
        "Estimate.normal": Base(sc.Estimate.normal, {"value": 1.0, "stderr": 0.5}),
        "Estimate.positive": Base(
            sc.Estimate.positive, {"value": 1.0, "stderr": 0.5, "symmetric": False}
        ),
        "Estimate.share": Base(sc.Estimate.share, {"count": 2, "n": 4}),
        "Estimate.student": Base(sc.Estimate.student, {"value": 1.0, "stderr": 0.5, "freedom": 4}),
        "Estimate.z": Base(ESTIMATE.z, {"exact": 0.5}),
        "Moments.of": Base(sc.Moments.of, {"samples": np.arange(8.0)}),
        "Moments.estimate": Base(MOMENTS.estimate, {"confidence": 0.5}),
        "Moments.variance": Base(MOMENTS.variance, {"confidence": 0.5}),
        "Moments.mean_square": Base(MOMENTS.mean_square, {"confidence": 0.5, "about": 1.0}),
    }
    return {name: base._replace(finite=False) for name, base in calls.items()}
