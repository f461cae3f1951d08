"""The schemes: what each declares, and the strong orders that are measured when the site is built.

The studies are those of `stochcalc.laboratory.declared_orders`: a nonlinear equation for each kind
of noise, and in the place of the solution an independent scheme on much finer steps.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import stochcalc as sc
from generate.rest import head, indent, plain, table
from generate.when import describe_build
from stochcalc.laboratory.declared_orders import LEVELS, PROBLEMS, measure_orders
from stochcalc.methods.method import show_order
from stochcalc.sde import NOISE_KINDS


def write_schemes(pages: Path, paths: int) -> None:
    """Measure all orders with so many paths, and write the pages of the schemes."""
    folder = pages / "reference" / "schemes"
    folder.mkdir(parents=True, exist_ok=True)
    studies = {noise: measure_orders(noise, paths=paths) for noise in PROBLEMS}
    (folder / "index.rst").write_text(write_index(studies, paths), encoding="utf-8")
    for name, method in sc.METHODS.items():
        (folder / f"{name}.rst").write_text(write_scheme(method), encoding="utf-8")


def write_index(studies: dict[str, sc.ConvergenceStudy], paths: int) -> str:
    """Return the page with the table of orders."""
    rows = []
    for name, method in sc.METHODS.items():
        cells = [write_cell(method, noise, studies[noise]) for noise in NOISE_KINDS]
        weak = ", ".join(show_order(order) for order in sorted(set(method.weak_order.values())))
        rows.append([f":doc:`{name}`", *cells, weak])
    problems = [
        [noise, f"``{problem.reference}``", f"{2 ** (LEVELS[-1] + problem.finer):,}"]
        for noise, problem in PROBLEMS.items()
    ]
    parts = [
        head("Schemes"),
        "The strong order of each scheme by kind of noise: first the order that it declares, which "
        "is a theorem, and below it the order that was measured when this page was built, with its "
        "standard error. The measured number is the slope of the strong error over the three "
        f"finest of the steps 1/{2 ** LEVELS[0]} to 1/{2 ** LEVELS[-1]}, on a nonlinear equation "
        "for each kind of noise. At steps like these a slope is near the order and not equal to "
        "it, so it may differ from the order by more than its standard error. An empty cell is "
        "refused. The last column has the weak order, which the tests check from the moments of "
        "a step, by quadrature.",
        "",
        table(("Scheme", *NOISE_KINDS, "Weak"), rows, css="orders"),
        f"{describe_build()} {paths:,} paths with key 0; "
        "``stochcalc.laboratory.declared_orders.measure_orders(noise)`` repeats a column.",
        "",
        "The kinds of noise are explained by :class:`stochcalc.SDE`. In the place of the solution "
        "stands a scheme of another kind, on finer steps along the same path:",
        "",
        table(("Noise", "Reference", "Its steps"), problems),
        ".. toctree::",
        "    :hidden:",
        "",
        *(f"    {name}" for name in sc.METHODS),
        "",
    ]
    return "\n".join(parts)


def write_cell(method: sc.Method, noise: str, study: sc.ConvergenceStudy) -> str:
    """Return the declared order and the measured one."""
    if noise not in method.strong_order:
        return ""
    declared = show_order(method.strong_order[noise])
    if method.name not in study.error:
        return declared
    slope = study.slope(method.name, slice(-3, None))
    return f"**{declared}**, measured {slope.value:.3f} ± {slope.stderr:.3f}"


def write_scheme(method: sc.Method) -> str:
    """Return the page of a scheme: its text, its step, and what it declares."""
    module = sys.modules[method.step.__module__]
    orders = [
        [noise, show_order(method.strong_order[noise]), show_order(method.weak_order[noise])]
        for noise in NOISE_KINDS
        if noise in method.strong_order
    ]
    readings = {0.0: "Ito", 0.5: "Stratonovich", 1.0: "backward"}
    reading = readings.get(method.calculus, "that of the equation, any lambda")
    drivers = ", ".join(method.drivers)
    models = ""
    if method.is_exact:
        drivers = "what the model's exact step asks for"
        models = " The models are listed in :doc:`/reference/models`."
    parts = [
        head(method.name),
        f".. py:module:: {module.__name__}",
        "",
        ".. code-block:: text",
        "    :class: derivation",
        "",
        indent(inspect.getdoc(module) or ""),
        "",
        head("The step", "-"),
        ".. code-block:: python",
        "",
        indent(inspect.getsource(method.step)),
        "",
        head("What it declares", "-"),
        f"It converges to the interpretation: {reading}. It takes from the equation: "
        f"{', '.join(method.functions)}; from the motion: {drivers}.",
        "",
        table(("Noise", "Strong order", "Weak order"), orders),
        f"Reference: {plain(method.reference)}{_cite(method.sources)}.{models}",
        "",
        f'``METHODS["{method.name}"]`` is what ``solve(method="{method.name}")`` takes.',
        "",
    ]
    return "\n".join(parts)


def _cite(keys: tuple[str, ...]) -> str:
    """Return the references to sources in parentheses, or nothing."""
    if not keys:
        return ""
    return f" ({', '.join(f':cite:t:`{key}`' for key in keys)})"
