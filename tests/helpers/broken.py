"""A broken kernel: one edit of the package's source, and the check that has to notice it.

The edit is made in a copy of the package (see `nursery`), so that the broken code runs through the
engine's own compiler, loop and statistics. The check is a function that the right code passes, and
it calls the package as a user or another test does. It takes a seed and states its verdict by an
assertion of `evidence`. What it compares with comes from a closed form or from a formula written
out a second time, never from the code under test.

A defect that leaves every law intact, such as seven rounds of Philox, is rejected by equality
("bits"). One that changes a law is rejected by more than 20 standard errors ("law")."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from evidence import assert_same_bits, seed_of

Check = Callable[[int], None]

SIGMAS = 7.0  # of every comparison of a check: its false-alarm rate is 2.6e-12


@dataclass(frozen=True)
class Defect:
    """One way to break the package.

    name: a few words, which are the name of its test too.
    what: one sentence that says what is broken.
    file: the source file, below stochcalc/.
    old: text that occurs exactly once in the file.
    new: what takes its place.
    check: the function that passes on the right code and rejects the broken one.
    by: "bits" or "law".
    everyday: whether it runs in every session, and not only at night."""

    name: str
    what: str
    file: str
    old: str
    new: str
    check: Check
    by: str
    everyday: bool = False


def seed_of_check(check: Check) -> int:
    """The seed of a check, which does not depend on the defect that it is run for."""
    return seed_of(f"broken kernels, {check.__module__}.{check.__name__}")


@functools.cache
def run_on_the_right_code(check: Check) -> None:
    """Run a check once in this session, on the package as it is: it has to pass."""
    check(seed_of_check(check))


def assert_near(found, due, tolerance=1e-12) -> None:
    """Equality of numbers that rounding may move: none is farther than `tolerance` from its due.

    The distance is relative to the largest number that is due, or to 1 if that is larger."""
    found = np.asarray(found, dtype=float)
    due = np.asarray(due, dtype=float)
    scale = max(1.0, float(np.abs(due).max()))
    far = ~(np.abs(found - due) <= tolerance * scale)
    assert_same_bits(far, np.zeros(far.shape, dtype=bool))
