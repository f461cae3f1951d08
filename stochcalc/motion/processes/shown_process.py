"""What a process shows of itself: its law, its grid, its key, and a picture of a few paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stochcalc.display.description import Description
from stochcalc.display.samples import count_drawn, describe_sample
from stochcalc.display.thumbnail import MOST_PATHS

if TYPE_CHECKING:
    from stochcalc.motion.processes.process import Process

MOST_NUMBERS = 2_000_000  # that are drawn for a picture


def describe_process(X: Process) -> Description:
    """Return what a process is, on which grid, and from which key.

    Parameters
    ----------
    X : Process
        The process, stored or streamed.
    """
    how = "stored" if X.store else "streamed"
    name = type(X).__name__
    drawn = min(X.paths, MOST_PATHS)
    values = None
    if drawn * X.numbers <= MOST_NUMBERS:
        values = X.block(0, drawn)
    return describe_sample(
        line=f"{name}({X.called}, paths={X.paths}, {X.partition!r}, key={X.key}, {how})",
        title=name,
        cells={
            "process": X.called,
            "paths": f"{X.paths}",
            "grid": repr(X.partition),
            "key": f"{X.key}",
            "kept": how,
        },
        t=X.t,
        values=values,
        drawn=f"{count_drawn(X.paths, 'path')} to t={X.t[-1]:g}.",
    )
