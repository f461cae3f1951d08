"""Ctrl-C waits while something is compiled or loaded, which takes a fraction of a second.

A KeyboardInterrupt that strikes in the middle of Numba's or LLVM's work leaves their tables half
filled, and every later call in the process fails. Here the signal is noted, and raised when the
work is done, or at a place in between where nothing is half done. Python handles signals in the
main thread alone: in other threads there is nothing to hold back.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], Any]

_usual_handler: list[Handler] = []  # that of SIGINT, while the main thread holds signals back
_noted: list[tuple[int, FrameType | None]] = []  # the arguments that it is to be called with


def _note(number: int, frame: FrameType | None) -> None:
    """Note a signal instead of raising KeyboardInterrupt."""
    _noted.append((number, frame))


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextmanager
def hold_interrupts_back() -> Iterator[None]:
    """Hold SIGINT back inside the block; if one came, hand it to its handler at the end."""
    usual = signal.getsignal(signal.SIGINT)
    if not _is_main_thread() or not callable(usual) or usual is _note:
        yield
        return
    _usual_handler[:] = [usual]
    _noted.clear()
    try:
        signal.signal(signal.SIGINT, _note)
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        _usual_handler.clear()
        _hand_over(usual)


def let_interrupts_through() -> None:
    """Hand a SIGINT that was noted to its handler, at a place where nothing is half done."""
    if _usual_handler and _is_main_thread():
        _hand_over(_usual_handler[0])


def _hand_over(handler: Handler) -> None:
    """Call the handler for the last signal that was noted, if there is one."""
    if _noted:
        number, frame = _noted[-1]
        _noted.clear()
        handler(number, frame)
