"""Ctrl-C waits while something is compiled or loaded, which takes a fraction of a second.

A KeyboardInterrupt that strikes in the middle of Numba's or LLVM's work leaves their tables half
filled, and every later call in the process fails. Here it is noted, and raised when the work is
done. Signals reach the main thread alone: in other threads there is nothing to hold back.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Hold SIGINT back inside the block; if one came, hand it to its handler at the end."""
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield
        return
    came: list[Any] = []

    def note(number: int, frame: Any) -> None:
        came.append((number, frame))

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if came:
            usual(*came[-1])
