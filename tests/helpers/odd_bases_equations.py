"""Valid calls of equations, schemes, solutions, studies and claims."""

from __future__ import annotations

from typing import Any

import numpy as np
from odd_bases_paths import PLANE, W, of_path
from odd_endings import Base

import stochcalc as sc


def drift(t: float, x: float) -> float:
    """Return -x."""
    return -x


def diffusion(t: float, x: float) -> float:
    """Return the constant 1/2."""
    return 0.5


def square(x: float) -> float:
    """Return x^2."""
    return x * x


def euler(a: Any, b: Any, t: Any, x: Any, dt: Any, dW: Any, args: Any) -> Any:
    """Make the step of Euler and Maruyama."""
    return x + a(t, x, *args) * dt + b(t, x, *args) * dW


SDE = sc.SDE(drift, diffusion)
OU = sc.models.ou(1.0, 0.0, 0.5)
SOLUTION = sc.solve(SDE, 1.0, 1.0, n=4, paths=3, key=7)
PAIR = sc.solve(sc.models.clark_cameron(), [0.0, 0.0], 1.0, n=4, paths=3, key=7)
STUDY = sc.variation_convergence(levels=[1, 2], paths=2048, key=7)
WEIGHED = sc.solve(SDE, 1.0, n=4, paths=3, key=7, girsanov=lambda t, x: -x)
PASSED = sc.first_passage(SDE, 0.0, 0.5, 1.0, n=4, paths=256, key=7)
DENSITY = sc.stationary_density(SDE)
SOLVED = sc.backward_equation(SDE, square, 1.0, -4.0, 4.0, cells=64)
SHORT = {"levels": [1, 2], "paths": 2048, "key": 7}


def make_equations() -> dict[str, Base]:
    """Return valid calls of equations and of named models."""
    models = sc.models
    halves = {"a": -1.0, "w": 0.5, "b1": 0.25, "c1": 0.25, "b2": 0.25, "c2": 0.5}
    square_matrix = np.array([[-1.0, 0.0], [0.0, -0.5]])
    return {
        "SDE": Base(sc.SDE, {"drift": drift, "diffusion": diffusion}),
        "SDE.interpret": Base(OU.interpret, {"lam": 0.5}),
        "SDE.to": Base(OU.to, {"lam": 0.5}),
        "SDE.function": Base(SDE.function, {"name": "drift"}),
        "Model": Base(
            models.Model, {"name": "mine", "drift": drift, "diffusion": diffusion, "dim": 0}
        ),
        "Model.to": Base(OU.to, {"lam": 0.5}),
        "Model.interpret": Base(OU.interpret, {"lam": 0.5}),
        "Model.function": Base(OU.function, {"name": "drift"}),
        "Model.exact": Base(OU.exact, {"W": W, "x0": 1.0}),
        "Model.mean": Base(OU.mean, {"t": np.array([0.5, 1.0]), "x0": 1.0}),
        "Model.var": Base(OU.var, {"t": np.array([0.5, 1.0]), "x0": 1.0}),
        "models.gbm": Base(models.gbm, {"mu": 0.25, "sigma": 0.5, "lam": 0.0}),
        "models.ou": Base(models.ou, {"theta": 1.0, "mu": 0.25, "sigma": 0.5}),
        "models.bridge": Base(models.bridge, {"T": 1.0, "end": 0.5, "sigma": 0.5}),
        "models.sinh": Base(models.sinh, {"c": 1.0, "sigma": 0.5}),
        "models.arctan": Base(models.arctan, {"sigma": 0.5}),
        "models.cir": Base(models.cir, {"kappa": 2.0, "theta": 1.0, "sigma": 0.5}),
        "CIR.sample": Base(
            models.cir(2.0, 1.0, 0.5).sample,
            {"t": np.array([0.5, 1.0]), "paths": 2, "x0": 1.0, "rng": 1},
        ),
        "models.double_well": Base(models.double_well, {"sigma": 0.5}),
        "models.cubic": Base(models.cubic, {"sigma": 0.5}),
        "models.linear_commuting": Base(models.linear_commuting, halves),
        "models.linear_noncommuting": Base(
            models.linear_noncommuting,
            {"A": square_matrix, "B1": square_matrix, "B2": np.array([[0.0, 1.0], [1.0, 0.0]])},
        ),
        "models.lorenz": Base(
            models.lorenz, {"sigma": 10.0, "rho": 28.0, "beta": 2.5, "amplitude": 0.5}
        ),
        "Method": Base(
            sc.Method,
            {
                "name": "mine",
                "step": euler,
                "strong_order": {"scalar": 0.5},
                "weak_order": {"scalar": 1.0},
                "calculus": 0.0,
                "reference": "Maruyama (1955)",
            },
        ),
        "RunningStatistic": Base(
            sc.RunningStatistic,
            {"update": lambda t, r, x, y, dt: r + dt, "start": 0.0, "weak_order": 1.0},
        ),
    }


def make_solutions() -> dict[str, Base]:
    """Return valid calls of the solver and of what it returns."""
    return {
        "solve": Base(sc.solve, {"sde": SDE, "x0": 1.0, "T": 1.0, "n": 4, "paths": 3, "key": 7}),
        "solve along a motion": Base(sc.solve, {"sde": SDE, "x0": 1.0, "noise": W}),
        "solve with weights": Base(
            sc.solve,
            {
                "sde": SDE,
                "x0": 1.0,
                "n": 4,
                "paths": 3,
                "key": 7,
                "girsanov": lambda t, x: -x,
                "killing": lambda t, x: x * x,
            },
        ),
        "solve along a process": Base(
            sc.solve, {"sde": SDE, "x0": 1.0, "noise": sc.poisson(2.0, n=4, paths=3, key=7)}
        ),
        "solve between walls": Base(
            sc.solve,
            {"sde": SDE, "x0": 1.0, "n": 4, "paths": 3, "key": 7, "reflect": (0.5, 2.0)},
        ),
        "path_log_likelihood": Base(sc.path_log_likelihood, {"sde": OU, "x": SOLUTION}),
        "Solution.weighted_mean": Base(WEIGHED.weighted_mean, {"f": abs, "normalized": True}),
        "Solution.component": Base(PAIR.component, {"i": 1}),
        "Solution.estimate": Base(SOLUTION.estimate, {"confidence": 0.5}),
        "Solution.replay": Base(SOLUTION.replay, {"path": 1}),
        "Solution.states": Base(SOLUTION.states, {"use": "use"}, left_out=("use",)),
        "first_passage": Base(
            sc.first_passage,
            {"sde": SDE, "x0": 0.0, "barrier": 0.5, "T": 1.0, "n": 4, "paths": 256, "key": 7},
            finite=False,  # the time of a path that never gets there
        ),
        "stationary_density": Base(
            sc.stationary_density,
            {"sde": SDE, "low": -4.0, "high": 4.0},
            finite=False,  # the ends may be infinite
        ),
        "StationaryDensity.pdf": Base(DENSITY.pdf, {"x": np.array([0.25, 0.5])}),
        "StationaryDensity.cdf": Base(DENSITY.cdf, {"x": np.array([0.25, 0.5])}),
        "StationaryDensity.expectation": Base(DENSITY.expectation, {"f": square}, finite=False),
        "backward_equation": Base(
            sc.backward_equation,
            {"sde": SDE, "f": square, "T": 1.0, "low": -4.0, "high": 4.0, "cells": 64},
        ),
        "BackwardSolution.error": Base(SOLVED.error, {"x": np.array([0.25, 0.5])}),
        "FirstPassage.law": Base(PASSED.law, {"t": np.array([0.25, 0.5])}),
    }


def make_studies() -> dict[str, Base]:
    """Return valid calls of studies, of their results, and of claims."""
    return {
        "integral_convergence": Base(
            sc.integral_convergence, {"f": of_path, "T": 1.0, "lam": 0.5, **SHORT}
        ),
        "variation_convergence": Base(sc.variation_convergence, {"T": 1.0, "p": 2.0, **SHORT}),
        "strong_convergence": Base(
            sc.strong_convergence, {"sde": OU, "x0": 1.0, "T": 1.0, **SHORT}, finite=False
        ),
        "weak_convergence": Base(
            sc.weak_convergence,
            {"sde": OU, "x0": 1.0, "T": 1.0, "test": square, **SHORT},
            finite=False,  # the slope of errors that are 0
        ),
        "mlmc": Base(
            sc.mlmc, {"sde": OU, "x0": 1.0, "T": 1.0, "test": square, "target": 0.25, "key": 7}
        ),
        "ConvergenceStudy.estimates": Base(STUDY.estimates, {"name": next(iter(STUDY.error))}),
        "ConvergenceStudy.slope": Base(STUDY.slope, {"name": next(iter(STUDY.error))}),
        "ConvergenceStudy.exact_slope": Base(STUDY.exact_slope, {"name": next(iter(STUDY.error))}),
        "ConvergenceStudy.local_order": Base(STUDY.local_order, {"name": next(iter(STUDY.error))}),
        "ConvergenceStudy.mean_squares": Base(
            STUDY.mean_squares, {"name": next(iter(STUDY.error))}
        ),
        "verify": Base(sc.verify, {"chapters": "G03", "paths": 4096, "key": 7}),
        "citation": Base(sc.citation, {"about": "milstein"}),
        "sandbox": Base(sc.sandbox, {"page": "lambda", "lam": 0.25, "n": 64}),
        "double_integrals of a plane": Base(sc.double_integrals, {"W": PLANE, "error": 0.25}),
    }
