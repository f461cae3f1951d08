"""Finished blocks as ranges: a run over millions of blocks that finish nearly in order needs a
handful of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator


class Ranges:
    """A set of integers kept as disjoint, sorted, non-adjacent half-open ranges."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []

    def __iter__(self) -> Iterator[range]:
        return (range(*span) for span in self.spans)

    def __len__(self) -> int:
        return sum(stop - start for start, stop in self.spans)

    def overlaps(self, start: int, stop: int) -> bool:
        """Whether any integer in [start, stop) is there."""
        i = bisect_left(self.spans, (start, start))
        before = i > 0 and self.spans[i - 1][1] > start
        return start < stop and (before or (i < len(self.spans) and self.spans[i][0] < stop))

    def contains(self, start: int, stop: int) -> bool:
        """Whether all integers in [start, stop) are there."""
        i = bisect_left(self.spans, (start + 1, 0))
        return start >= stop or (i > 0 and self.spans[i - 1][1] >= stop)

    def add(self, start: int, stop: int) -> None:
        """Add [start, stop), which must not overlap what is there; join it to its neighbours."""
        i = bisect_left(self.spans, (start, start))
        if i < len(self.spans) and self.spans[i][0] == stop:
            stop = self.spans.pop(i)[1]
        if i > 0 and self.spans[i - 1][1] == start:
            i, start = i - 1, self.spans.pop(i - 1)[0]
        self.spans.insert(i, (start, stop))
