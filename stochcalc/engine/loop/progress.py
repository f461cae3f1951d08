"""How far a long computation has come: shown by a bar, or told to a function of the user's."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stochcalc.engine.given_values import check_call
from stochcalc.engine.words import show
from stochcalc.typing import Progress


def check_progress(progress: object) -> None:
    """Refuse what is neither a bool nor callable.

    Raises
    ------
    TypeError
        For any other object: an array, say, is not true or false.
    """
    if callable(progress):
        check_call("progress", progress, "done, total", 1, 1)
    elif not isinstance(progress, bool | np.bool_):
        raise TypeError(
            f"progress={show(progress)} must be True, False, or a function of (done, total)"
        )


@contextmanager
def progress_bar(
    progress: Progress, total: int, unit: str = "block", done: int = 0
) -> Iterator[Callable[[int], object]]:
    """Yield `advance(count)`, which reports that so many more units of work are done.

    Parameters
    ----------
    progress : bool or callable
        A callable is called as progress(done, total); True shows a bar of tqdm with the rate and
        the time that remains, in a notebook as a widget if ipywidgets is installed; False reports
        nothing.
    total : int
        Units of work in all.
    unit : str
        What the bar calls one of them.
    done : int
        How many were done before, by the run that this one goes on from: they are shown, and do
        not count for the rate.

    Raises
    ------
    ImportError
        If a bar is wanted and tqdm is not installed.
    """
    if callable(progress):
        yield _counter(progress, total, done)
    elif progress:
        bar = find_tqdm()(total=total, initial=done, unit=unit, leave=False)
        try:
            yield bar.update
        finally:
            bar.close()
    else:
        yield _ignore


def find_tqdm() -> Callable[..., Any]:
    """Return the bar that fits: a widget in a notebook that can show one, else a line of text.

    Raises
    ------
    ImportError
        If tqdm is not installed.
    """
    module = "tqdm"
    if "ipykernel" in sys.modules and importlib.util.find_spec("ipywidgets") is not None:
        module = "tqdm.notebook"
    try:
        bar: Callable[..., Any] = importlib.import_module(module).tqdm
    except ImportError as error:
        raise ImportError('progress=True needs tqdm: pip install "stochcalc[progress]"') from error
    return bar


def _counter(
    progress: Callable[[int, int], object], total: int, done: int
) -> Callable[[int], None]:
    """Return a function that adds up what is done and tells the user's function."""
    if done:
        progress(done, total)

    def advance(count: int) -> None:
        """Count so many more units of work, and report the sum."""
        nonlocal done
        done += count
        progress(done, total)

    return advance


def _ignore(count: int) -> None:
    """Report nothing."""
