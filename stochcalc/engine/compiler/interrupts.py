"""Ctrl-C waits while something is compiled or loaded, which takes a fraction of a second.

A KeyboardInterrupt that strikes in the middle of Numba's or LLVM's work leaves their tables half
filled, and every later call in the process fails. Here it is noted, and raised when the work is
done, or at a place in between where nothing is half done. Signals reach the main thread alone: in
other threads there is nothing to hold back.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_usual: list[Any] = []  # the handler of SIGINT, while it is held back in the main thread
_came: list[Any] = []  # what it is to be called with


def _note(number: int, frame: Any) -> None:
    _came.append((number, frame))


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Hold SIGINT back inside the block; if one came, hand it to its handler at the end."""
    usual = signal.getsignal(signal.SIGINT)
    if not _is_main_thread() or not callable(usual) or usual is _note:
        yield
        return
    _usual[:] = [usual]
    _came.clear()
    try:
        signal.signal(signal.SIGINT, _note)
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        _usual.clear()
        _hand_over(usual)


def let_interrupts_through() -> None:
    """Hand a SIGINT that came to its handler: nothing is half done here."""
    if _usual and _is_main_thread():
        _hand_over(_usual[0])


def _hand_over(usual: Any) -> None:
    if _came:
        number, frame = _came[-1]
        _came.clear()
        usual(number, frame)
