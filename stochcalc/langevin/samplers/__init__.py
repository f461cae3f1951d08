"""The samplers: each a Markov chain that follows a score, in files by the idea behind them.

A file holds steps for d components, which are the formulas of the book, and `SAMPLERS`, the records
of what is known about them. The main theorem is the bias of each chain on a Gaussian, which its
file states.

Read `sampler` for the record, then `overdamped` (ULA, Leimkuhler-Matthews, MALA) and `kinetic`
(splittings with a momentum).

`SAMPLERS` maps names to records. It finds all files in this folder, so that adding a sampler is
adding a file.
"""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.langevin.samplers.sampler import Sampler

IN_THE_ORDER_OF_THE_BOOK = ("overdamped", "kinetic")  # then all other files, by name


def discover() -> dict[str, Sampler]:
    """Return the records of all files in this folder that hold some, by name.

    Raises
    ------
    TypeError, ValueError
        For a file without SAMPLERS, and for two samplers of one name.
    """
    found = [module.name for module in pkgutil.iter_modules(__path__)]
    others = [file for file in found if file not in ("sampler", *IN_THE_ORDER_OF_THE_BOOK)]
    samplers: dict[str, Sampler] = {}
    files: dict[str, str] = {}
    for file in (*IN_THE_ORDER_OF_THE_BOOK, *others):
        records = getattr(importlib.import_module(f"{__name__}.{file}"), "SAMPLERS", None)
        if not isinstance(records, tuple) or not all(isinstance(one, Sampler) for one in records):
            raise TypeError(
                f"langevin/samplers/{file}.py has no SAMPLERS: end it with a tuple of records, "
                f"SAMPLERS = (Sampler(...),)"
            )
        for record in records:
            if record.name in samplers:
                raise ValueError(
                    f"langevin/samplers/{files[record.name]}.py and {file}.py both name a sampler "
                    f"{record.name!r}: give one of them another name"
                )
            samplers[record.name] = record
            files[record.name] = file
    return samplers


SAMPLERS = discover()
"""The samplers of the package by name, as `sample(method=)` takes them."""

__all__ = ["SAMPLERS", "Sampler"]
