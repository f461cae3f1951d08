"""How many bytes a call would take: `estimate_memory`, and the record that it returns."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

from stochcalc.display.description import Description, Displayed
from stochcalc.display.table import Table
from stochcalc.engine import memory
from stochcalc.engine.words import shorten
from stochcalc.motion.paths import BrownianPaths

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, repr=False)
class MemoryEstimate(Displayed):
    """The bytes that a call would take, and how many it may take.

    Attributes
    ----------
    peak : int
        The bytes that the call adds to those of the process when it takes the most.
    result : int
        The bytes of its result; 0 if it keeps a few numbers alone.
    budget : int
        The bytes that a call may take here and now: half of the least of the machine's memory, of
        the limit of its container, and of what `ulimit -v` leaves.

    Examples
    --------
    >>> import stochcalc as sc
    >>> estimate = sc.estimate_memory(sc.brownian, n=10_000, paths=10_000)
    >>> estimate.result, estimate.fits == (estimate.peak <= estimate.budget)
    (800080000, True)
    """

    peak: int
    result: int
    budget: int

    @property
    def fits(self) -> bool:
        """Whether the peak is within the budget; if not, the call is a ValueError."""
        return self.peak <= self.budget

    def _describe(self) -> Description:
        cells = {
            "peak": _write(self.peak),
            "result": _write(self.result),
            "budget": _write(self.budget),
        }
        line = ", ".join(f"{name} {size}" for name, size in cells.items())
        if not self.fits:
            line += ": too much"
        table = Table(title="", columns=dict.fromkeys(cells, 8), rows=(tuple(cells.values()),))
        return Description(title="Memory of a call", line=line, tables=(table,))


def estimate_memory(
    call: Callable[..., object], *args: object, **keywords: object
) -> MemoryEstimate:
    """Return how many bytes a call would take, without computing it.

    The call begins as it would: its arguments are checked, and functions of yours are called once
    or twice. It ends where its first large array would be allocated, before anything is compiled
    or computed; so what it returns, and errors that come later, are not seen.

    Parameters
    ----------
    call : callable
        A function of the package, or a method such as `W.refine`.
    *args, **keywords
        The arguments of the call. A generator of random numbers is not used up, and no checkpoint
        is written.

    Returns
    -------
    MemoryEstimate
        Its peak counts what the call adds, and not what is there before it, as the arrays that it
        is given. A motion that is returned, as by `refine`, counts with its values.

    Raises
    ------
    TypeError
        If `call` cannot be called.
    TypeError, ValueError
        For arguments that the call refuses.

    Notes
    -----
    The peak is that of the arrays, and a few megabytes for the loop and its threads. Code that is
    compiled for the first time takes some more, once. A study, or a `verify`, is a sequence of
    runs that stream: the estimate is that of the first.

    Examples
    --------
    >>> import stochcalc as sc
    >>> W = sc.brownian(n=1000, paths=1000, rng=1)
    >>> sc.estimate_memory(W.refine, 10).result
    80008000
    >>> model = sc.models.gbm(0.1, 0.2)
    >>> stored = sc.estimate_memory(sc.solve, model, 1.0, n=1000, paths=10**6)
    >>> streamed = sc.estimate_memory(sc.solve, model, 1.0, n=1000, paths=10**6, save="stats")
    >>> stored.result, streamed.peak < 10**8
    (8008000000, True)
    """
    if not callable(call):
        raise TypeError(
            f"call={shorten(call)} must be a function and not its result: "
            "estimate_memory(brownian, n=1000), or estimate_memory(W.refine, 10)"
        )
    own = [_copy_generator(value) for value in args]
    named = {name: _copy_generator(value) for name, value in keywords.items()}
    with memory.only_estimate() as account:
        result = call(*own, **named)
        account.note(0, memory.OVERHEAD)
        if isinstance(result, BrownianPaths) and result.store:
            _ = result.values
    return MemoryEstimate(peak=account.peak, result=account.result, budget=memory.memory_budget())


def _copy_generator(value: object) -> object:
    """Return a copy of any of NumPy's sources of random numbers, and anything else as it is."""
    if any(kind.__module__.startswith("numpy.random") for kind in type(value).__mro__):
        return copy.deepcopy(value)
    return value


def _write(size: int) -> str:
    """Return bytes in a unit that suits them, with three digits or the whole number."""
    amount = float(size)
    unit = 0
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount /= 1000.0
        unit += 1
    return f"{amount:.3g} {UNITS[unit]}"
