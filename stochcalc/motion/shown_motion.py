"""What a Brownian motion shows of itself: its grid, its key, and a picture of a few paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stochcalc.display.description import Description
from stochcalc.display.samples import count_drawn, describe_sample
from stochcalc.display.thumbnail import MOST_PATHS

if TYPE_CHECKING:
    from stochcalc.motion.paths import BrownianPaths

MOST_NUMBERS = 2_000_000  # that are drawn for a picture


def describe_motion(W: BrownianPaths) -> Description:
    """Return what a Brownian motion is drawn on, and from which key.

    Parameters
    ----------
    W : BrownianPaths
        The motion, stored or streamed.
    """
    how = "stored" if W.store else "streamed"
    cells = {
        "paths": f"{W.paths}",
        "dim": f"{W.dim}",
        "grid": repr(W.partition),
        "key": f"{W.key}",
        "kept": how,
    }
    drawn = min(W.paths, MOST_PATHS)
    values = None
    if drawn * (W.partition.n + 1) * W.dim <= MOST_NUMBERS:
        values = W.block(0, drawn)
    return describe_sample(
        line=f"BrownianPaths(paths={W.paths}, dim={W.dim}, {W.partition!r}, key={W.key}, {how})",
        title="Brownian paths",
        cells=cells,
        t=W.t,
        values=values,
        drawn=f"{count_drawn(W.paths, 'Brownian path')} to t={W.t[-1]:g}.",
    )
