"""How far a run has come: `State`, which merges the results of ranges of blocks as they end."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.ranges import Ranges
from stochcalc.engine.statistics import Record, Tree
from stochcalc.typing import Array, Integers

CONTENTS_KEPT = 4096  # ranges of which a hash is kept


@dataclass
class State:
    """How far a run has come: its finished blocks, their records and their health.

    It can be saved and resumed, and united with the state of another shard.

    Attributes
    ----------
    batches : sequence of range
        Consecutive ranges of blocks that get a record each: one for everything, or several for a
        standard error of any function of the mean.
    trees : list of Tree
        The records of each batch.
    finished : Ranges
        The blocks that are finished.
    nonfinite, first_nonfinite : int
        How many paths are not finite, and the first of them; -1 if all are finite.
    contents : dict of bytes
        A hash of the records of each of the last ranges, for one that comes twice.
    """

    batches: Sequence[range]
    trees: list[Tree] = field(init=False)
    finished: Ranges = field(default_factory=Ranges)
    nonfinite: int = 0
    first_nonfinite: int = -1
    contents: dict[range, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.trees = [Tree() for _ in self.batches]

    def add(self, part: Partial) -> None:
        """Add a finished range of blocks; a range that was finished before changes nothing.

        Raises
        ------
        ValueError
            If some blocks of the range are finished and others are not.
        RuntimeError
            If the range came before, not long ago, with other bits.
        """
        blocks = range(part.first, part.first + len(part.health))
        trees = part.trees
        if trees is None:
            trees = plant_trees(part.first, part.records, self.batches)
        content = _hash_records(trees, part.health)
        if self.finished.contains(blocks.start, blocks.stop):
            if self.contents.get(blocks, content) != content:
                raise RuntimeError(
                    f"the records of blocks {blocks.start} to {blocks.stop - 1} came twice with "
                    "different bits: check the memory of the machines"
                )
            return
        if self.finished.overlaps(blocks.start, blocks.stop):
            raise ValueError(
                f"blocks {blocks.start} to {blocks.stop - 1} are finished in part: repeat ranges "
                f"as they were cut"
            )
        self.contents[blocks] = content
        if len(self.contents) > CONTENTS_KEPT:
            self.contents.pop(next(iter(self.contents)))
        self.finished.add(blocks.start, blocks.stop)
        for number, tree in trees.items():
            self.trees[number].union(tree)
        first_paths = [int(path) for count, path in part.health if count]
        self._note(int(part.health[:, 0].sum()), first_paths)

    def union(self, other: State) -> None:
        """Add a shard: the state of the same job over other blocks.

        Raises
        ------
        ValueError
            If the two have blocks in common.
        """
        for blocks in other.finished:
            if self.finished.overlaps(blocks.start, blocks.stop):
                raise ValueError(
                    f"shards overlap in blocks {blocks.start} to {blocks.stop - 1}: give each its "
                    f"own blocks"
                )
        for blocks in other.finished:
            self.finished.add(blocks.start, blocks.stop)
        for tree, more in zip(self.trees, other.trees):
            tree.union(more)
        if other.nonfinite:
            self._note(other.nonfinite, [other.first_nonfinite])

    def _note(self, nonfinite: int, paths: list[int]) -> None:
        """Count so many more paths that are not finite; the first of them is among `paths`."""
        self.nonfinite += nonfinite
        if self.first_nonfinite >= 0:
            paths = [*paths, self.first_nonfinite]
        if paths:
            self.first_nonfinite = min(paths)

    @property
    def record(self) -> Record:
        """The merged record (7, S) of all finished blocks, if there is one batch."""
        return self.trees[0].total()

    @property
    def records(self) -> Array:
        """The merged records of the batches, shape (batches, 7, S)."""
        return np.stack([tree.total() for tree in self.trees])


def plant_trees(first: int, records: Array | None, batches: Sequence[range]) -> dict[int, Tree]:
    """Return the records of consecutive blocks, merged, by the number of the batch they lie in.

    Parameters
    ----------
    first : int
        The number of the first block.
    records : ndarray, shape (blocks, 7, S), or None
        The records; None gives no tree.
    batches : sequence of range
        The batches.
    """
    trees: dict[int, Tree] = {}
    if records is None:
        return trees
    for number, batch in enumerate(batches):
        low = max(batch.start, first)
        high = min(batch.stop, first + len(records))
        if low < high:
            trees[number] = Tree()
            trees[number].add(low, records[low - first : high - first])
    return trees


def _hash_records(trees: dict[int, Tree], health: Integers) -> bytes:
    """Return a short hash of the merged records of a range of blocks, and of their health."""
    content = hashlib.blake2b(health.tobytes(), digest_size=8)
    for number in sorted(trees):
        for place, record in sorted(trees[number].pending.items()):
            content.update(repr((number, place)).encode())
            content.update(record.tobytes())
    return content.digest()
