"""The instructions that compiled code is made of: whether a loop is packed, at whatever width."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stochcalc.engine.compiler.jit import allocating_routine
from stochcalc.engine.compiler.machine_code import emit_assembly
from stochcalc.engine.compiler.words import kind_of
from stochcalc.engine.functions.assemble import BLOCK_STEP, build_lane_loop, join_parameters
from stochcalc.engine.functions.watched import build_watched_loop

_OPERATION = r"v(?:(?:add|sub|mul|div|sqrt|max|min|and|xor|fn?m(?:add|sub)\d+)pd|pandq?|andps)"
# Full registers of x86 with AVX, of whatever width LLVM chose for this CPU; those of x86 without
# it; those of ARM. Half-filled registers are what LLVM makes of straight-line code.
_PACKED = (
    rf"\b{_OPERATION}\b[^\n]*%[yz]mm",
    r"\b(?:add|sub|mul|div|sqrt|max|min)pd\b",
    r"\bf(?:add|sub|mul|div|sqrt|max|min|ml[as])\s+v\d+\.2d",
)


class Instructions(NamedTuple):
    """How many float64 operations over whole registers stand in the assembly, and how many of them
    are square roots.

    None at all means that the loop takes one number at a time. That scalar code stands beside them
    means nothing: there is a copy of the loop for arrays that overlap, and a way out for arguments
    that are rare.
    """

    packed: int
    roots: int


def count_packed(text: str) -> Instructions:
    """Count the packed instructions in assembly."""
    found = [line for pattern in _PACKED for line in re.findall(pattern, text)]
    return Instructions(len(found), sum("sqrt" in line for line in found))


def of_dispatcher(dispatcher: Any) -> Instructions:
    """Count those of a function compiled by Numba, in all its specialisations."""
    return count_packed("\n".join(dispatcher.inspect_asm().values()))


def of_pointer(function: Any, signature: Any) -> Instructions:
    """Count those of a function of the package that stands behind a pointer."""
    return count_packed(emit_assembly(allocating_routine(function), signature))


def of_job(job: Any) -> Instructions:
    """Count those of a job's block step."""
    places = job.layout.places(job.step.drivers)
    kind = kind_of(join_parameters(job.lam, job.args))
    return of_pointer(build_lane_loop(job.step, places, job.dim, kind), BLOCK_STEP)


def of_watched_job(job: Any) -> Instructions:
    """Count those of the block step of a job with a watch."""
    places = tuple(job.layout.places(job.step.drivers))
    kind = kind_of(join_parameters(job.lam, job.args))
    look = job.watch.build(job.dim)
    loop = build_watched_loop(job.step, places, job.dim, job.watch, look, kind)
    return of_pointer(loop, BLOCK_STEP)
