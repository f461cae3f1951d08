"""How much memory a call may take, and how much it would take.

Every allocation of note passes `budget` first: it refuses what is beyond the memory of the process,
and names the bytes. While a call is only estimated, `budget` ends it instead and hands the same
bytes over; so what is estimated is what is checked. Less than `NEGLIGIBLE` ends nothing: a call may
try a function on a few numbers before it comes to its own array. The runner ends every estimate,
because nothing that comes before it computes.

What a process may take is half of the least of these: the machine's memory, the limits of the
control groups that it runs in (a container is one), and what `ulimit -v` and `ulimit -d` leave.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

NUMBER = 8  # bytes
OVERHEAD = 8 << 20  # bytes that any run takes: the buffers of its threads and compiled code
NEGLIGIBLE = 1 << 20  # bytes that neither end an estimate nor are looked for
LARGEST_PART = 1 << 28  # bytes of a grid that is made while a call is only estimated
UNKNOWN = 8 << 30  # bytes of a machine that does not tell its memory


@dataclass
class Account:
    """What a call that is only estimated would take so far.

    Attributes
    ----------
    result, peak : int
        The bytes of the largest result that was announced, and the bytes at its peak.
    """

    result: int = 0
    peak: int = 0

    def note(self, result: int, peak: int) -> None:
        """Keep these bytes if their peak is the largest so far."""
        if peak > self.peak:
            self.result = result
            self.peak = peak


class EstimateReached(BaseException):
    """The end of a call that is only estimated; no handler of errors takes it for one."""


_account: ContextVar[Account | None] = ContextVar("account", default=None)


@contextmanager
def only_estimate() -> Iterator[Account]:
    """Yield an account of what a call would take; inside the block nothing large is allocated."""
    account = Account()
    token = _account.set(account)
    try:
        yield account
    except EstimateReached:
        pass
    finally:
        _account.reset(token)


@contextmanager
def as_usual() -> Iterator[None]:
    """Let calls inside the block compute, although the call around them is only estimated."""
    token = _account.set(None)
    try:
        yield
    finally:
        _account.reset(token)


def is_estimating() -> bool:
    """Say whether the present call is only estimated."""
    return _account.get() is not None


def end_estimate(stored: int, beside: int = 0) -> None:
    """Stop the call if it is only estimated, before it computes; numbers are as in `budget`."""
    announce(stored, beside)
    if is_estimating():
        raise EstimateReached


def announce(stored: int, beside: int = 0) -> None:
    """Tell an estimate of an array to come, of so many float64, and of those beside it."""
    account = _account.get()
    if account is not None:
        account.note(NUMBER * stored, NUMBER * (stored + beside) + OVERHEAD)


def budget(what: str, stored: int, remedy: str, *, beside: int = 0) -> None:
    """Refuse a result that would not fit into memory, before it is allocated.

    Parameters
    ----------
    what : str
        What the numbers are, for the error.
    stored : int
        How many float64 the result has.
    remedy : str
        What to do instead, for the error.
    beside : int
        How many more are there at the peak of the computation.

    Raises
    ------
    ValueError
        If all of them together exceed the memory budget.
    EstimateReached
        If the call is only estimated.
    """
    announce(stored, beside)
    if not is_estimating():
        _refuse_excess(what, stored, remedy, beside)
    elif NUMBER * (stored + beside) > NEGLIGIBLE:
        raise EstimateReached


def budget_run(what: str, stored: int, remedy: str, *, beside: int = 0) -> None:
    """Check the memory of a computation that takes its time, and does not go through the runner.

    The arguments are those of `budget`. A call that is only estimated ends here, whatever the size.
    """
    budget(what, stored, remedy, beside=beside)
    end_estimate(stored, beside)


def budget_part(what: str, stored: int, remedy: str) -> None:
    """Refuse a part of what a call needs, such as its grid, if it would not fit into memory.

    A later check counts the whole. So an estimate goes on after this one, unless the part is large:
    then the call ends here, with the largest sum that it announced before.
    """
    account = _account.get()
    if account is None:
        _refuse_excess(what, stored, remedy, 0)
        return
    account.note(0, NUMBER * stored)
    if NUMBER * stored > LARGEST_PART:
        raise EstimateReached


def _refuse_excess(what: str, stored: int, remedy: str, beside: int) -> None:
    """Raise a ValueError if so many numbers exceed the memory budget."""
    result = NUMBER * stored
    peak = NUMBER * (stored + beside)
    if peak <= NEGLIGIBLE:
        return
    allowed = memory_budget()
    if peak <= allowed:
        return
    if result > allowed:
        bytes_needed = f"{result:,} bytes"
    else:
        bytes_needed = f"{peak:,} bytes at its peak ({result:,} of them stay)"
    raise ValueError(
        f"{what} would need {bytes_needed}, over the memory budget of {allowed:,}: {remedy}"
    )


def memory_budget() -> int:
    """Return how many bytes a call may take: half of what the process can have."""
    return min([_shared_memory(), *_limits_of_process()]) // 2


@functools.cache
def _shared_memory() -> int:
    """Return the bytes of the machine, or of the control group around the process if it is less."""
    return min([_physical_memory(), *read_group_limits()])


def _physical_memory() -> int:
    """Return the bytes of the machine's memory."""
    if not hasattr(os, "sysconf"):
        return UNKNOWN
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def read_group_limits(root: Path = Path("/")) -> list[int]:
    """Return the memory limits of the control groups around this process, in bytes.

    A group that is not there, has no limit or cannot be read has none. A container may show its
    own group as the root of all groups, so every folder above that of the process is asked.

    Parameters
    ----------
    root : Path
        The root of the file system.
    """
    try:
        content = (root / "proc/self/cgroup").read_bytes()
    except OSError:
        return []
    lines = os.fsdecode(content).splitlines()  # the name of a group may be any bytes
    mounted = root / "sys/fs/cgroup"
    files: list[Path] = []
    for line in lines:
        _, controllers, group = line.split(":", 2)  # 0::/user.slice, or 4:memory:/docker/1f2e
        if not controllers:
            files += _files_above(mounted, group, "memory.max")
        elif "memory" in controllers.split(","):
            files += _files_above(mounted / "memory", group, "memory.limit_in_bytes")
    limits = [_read_limit(file) for file in files]
    return [limit for limit in limits if limit is not None]


def _files_above(mounted: Path, group: str, name: str) -> list[Path]:
    """Return the file of this name in the folder of a group and in all folders above it."""
    folder = mounted / group.strip("/")
    files = [folder / name]
    while folder != mounted and mounted in folder.parents:
        folder = folder.parent
        files.append(folder / name)
    return files


def _read_limit(file: Path) -> int | None:
    """Return the bytes in a file of a control group; None for "max" or no file."""
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    if text.isdecimal():
        return int(text)
    return None


def _limits_of_process() -> list[int]:
    """Return the bytes that `ulimit -v` and `ulimit -d` leave to this process, if they are set."""
    left: list[int] = []
    if resource is None:
        return left
    for limit, used in ((resource.RLIMIT_AS, _mapped), (resource.RLIMIT_DATA, _data)):
        most, _ = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY:
            left.append(max(most - used(), 0))
    return left


def _mapped() -> int:
    """Return the bytes of address space that the process has mapped."""
    return _read_statm(0)


def _data() -> int:
    """Return the bytes of data and stack of the process."""
    return _read_statm(5)


def _read_statm(place: int) -> int:
    """Return one of the sizes that Linux tells of a process, in bytes; 0 elsewhere."""
    try:
        pages = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 0
    return int(pages[place]) * os.sysconf("SC_PAGE_SIZE")
