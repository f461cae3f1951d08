"""What does one normal cost, against NumPy drawing one?

Ours come from integers (Philox4x32-10, Box-Muller): any of them can be asked for by name, and no
state is advanced."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, void

from benchmarks.cpu import AVX2, HALF, WIDE, count_packed
from benchmarks.measure import at_most, race, report
from benchmarks.peers import every, stochastic_rs_normals
from benchmarks.sizes import size
from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.machine_code import emit_assembly
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.fills import FILL, draw, fill_normals, pack_fills
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.engine.statistics import LANES

STEPS, BLOCKS = size((400, 20), (40, 2))
TILE = 8
FOLD = void(int64[:, ::1], int64, float64[:, :, ::1], float64[:, ::1])


@pointer(FOLD)
def fold(fills, blocks, buffer, sums):
    """Make every normal, and add it and its square to two sums for its lane."""
    for block in range(blocks):
        for k in range(0, STEPS, TILE):
            draw(fills, block * LANES, k, TILE, buffer)
            for j in range(TILE):
                for lane in range(LANES):
                    z = buffer[j, 0, lane]
                    sums[0, lane] += z
                    sums[1, lane] += z * z


def test_one_normal_costs_a_fifth_of_numpys(benchmark):
    fills = KeyedNoise(7, np.ones(STEPS)).open(0, BLOCKS * LANES)
    table = pack_fills(fills)
    buffer = np.empty((TILE, 1, LANES))
    sums = np.zeros((2, LANES))
    count = BLOCKS * STEPS * LANES

    def ours():
        sums[:] = 0.0
        fold()(table, BLOCKS, buffer, sums)

    ours()
    mean, square = sums.sum(axis=1) / count
    assert abs(mean) < 6.0 / count**0.5
    assert abs(square - 1.0) < 6.0 * (2.0 / count) ** 0.5
    peers = every({"stochastic-rs": lambda: stochastic_rs_normals(count)})
    result = race({"stochcalc": ours, **peers}, count)
    limit = {WIDE: 0.26, HALF: 0.26, AVX2: 0.45}
    own = at_most("stochcalc, over one NumPy normal", result.over_normal("stochcalc"), limit, 0.20)
    others = [
        figure for figure in result.table("stochcalc") if not figure.what.startswith("stochcalc, ")
    ]
    packed = count_packed(emit_assembly(routine(fill_normals.__wrapped__), FILL))
    print(f"  instructions on several float64 at once in the fill: {packed}")
    assert sum(packed.values()) > 40, "the fill is not packed"
    report(benchmark, "One normal", ours, [own, *others], instructions=packed)
