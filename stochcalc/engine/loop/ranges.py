"""Finished blocks as ranges of numbers.

The blocks of a long run finish nearly in order, so that a handful of ranges describes millions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator


class Ranges:
    """A set of integers, kept as sorted half-open ranges [start, stop) with gaps between them."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []

    def __iter__(self) -> Iterator[range]:
        return (range(*span) for span in self.spans)

    def __len__(self) -> int:
        return sum(stop - start for start, stop in self.spans)

    def overlaps(self, start: int, stop: int) -> bool:
        """Return whether any integer in [start, stop) is in the set."""
        if start >= stop:
            return False
        i = bisect_left(self.spans, (start, start))
        if i > 0 and self.spans[i - 1][1] > start:
            return True
        return i < len(self.spans) and self.spans[i][0] < stop

    def contains(self, start: int, stop: int) -> bool:
        """Return whether all integers in [start, stop) are in the set."""
        if start >= stop:
            return True
        i = bisect_left(self.spans, (start + 1, 0))
        return i > 0 and self.spans[i - 1][1] >= stop

    def gaps(self, start: int, stop: int) -> list[range]:
        """Return what of [start, stop) is not in the set, in order."""
        found = []
        for first, last in self.spans:
            if first > start:
                found.append(range(start, min(first, stop)))
            start = max(start, last)
        found.append(range(start, stop))
        return [gap for gap in found if gap]

    def add(self, start: int, stop: int) -> None:
        """Add [start, stop), which must not overlap the set; join it to ranges that it touches."""
        i = bisect_left(self.spans, (start, start))
        if i < len(self.spans) and self.spans[i][0] == stop:
            stop = self.spans.pop(i)[1]
        if i > 0 and self.spans[i - 1][1] == start:
            i -= 1
            start = self.spans.pop(i)[0]
        self.spans.insert(i, (start, stop))
