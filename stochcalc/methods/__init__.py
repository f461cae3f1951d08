"""Chapter 5: numerical schemes for SDEs, one file each.

A file holds the step, which is the formula of the book, and a record `METHOD` with what is proved
about it: its orders by kind of noise, the interpretation it converges to, and the paper. The main
theorem (Clark and Cameron) is that a scheme which knows only the increments of W has strong order
1/2 at best, unless the noises commute (`SDE` says what that is). The double integrals of W over
each step make order 1 possible, and with them the integral of W in time makes 1.5 possible.

Read `method` for the record, then `euler_maruyama` and `milstein`. `heun` and `lambda_euler` belong
to other interpretations; `theta` and `tamed_euler` are for stiff and for superlinear drifts;
`milstein_free`, `sri2`, `srs2`, `sriw1` and `sra1` need no derivatives, with coefficients as in
`tableau`; `weak2` is for expectations, and `exact` for models whose solution is known.

`METHODS` maps names to records. It finds all files in this folder, so that adding a scheme is
adding a file.

>>> METHODS["milstein"].strong_order["scalar"]
1.0
>>> [name for name, method in METHODS.items() if method.strong_order.get("general") == 1.0]
['sri2', 'srs2']
"""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.methods.method import Method


def discover() -> dict[str, Method]:
    """Return the records of all files in this folder that hold one, by name.

    Raises
    ------
    TypeError, ValueError
        For a file without a METHOD, and for two schemes of one name.
    """
    methods: dict[str, Method] = {}
    files: dict[str, str] = {}
    for module in pkgutil.iter_modules(__path__):
        file = module.name
        if file in ("method", "tableau"):
            continue
        record = getattr(importlib.import_module(f"{__name__}.{file}"), "METHOD", None)
        if not isinstance(record, Method):
            raise TypeError(f"methods/{file}.py has no METHOD: end it with METHOD = Method(...)")
        if record.name in methods:
            raise ValueError(
                f"methods/{files[record.name]}.py and methods/{file}.py both name their scheme "
                f"{record.name!r}: give one of them another name"
            )
        methods[record.name] = record
        files[record.name] = file
    return methods


METHODS: dict[str, Method] = discover()
"""The schemes of the package by name, as `solve(method=)` takes them."""

__all__ = ["METHODS", "Method"]
