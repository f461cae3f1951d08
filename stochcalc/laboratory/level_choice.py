"""The levels of a multilevel estimate: how fine they must be, and how many paths each of them has.

Source: Giles, Oper. Res. 56 (2008) 607, algorithm of section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from stochcalc.engine.loop import runner
from stochcalc.laboratory.level_sampler import LevelSampler

FIRST = 4096  # paths on a level before its variance is known
FEW = 256  # paths that show whether a bias is far too large
CERTAIN = 6.0  # standard errors beyond which it is too large without a doubt
MOST_LEVEL = 20  # the exponent of the finest level


def refine(
    levels: list[LevelSampler],
    make_level: Callable[..., LevelSampler],
    alpha: float,
    target: float,
    means: runner.Means,
) -> float:
    """Add finer levels until the bias is small enough; return the bias.

    Raises
    ------
    ValueError
        If the finest steps that are allowed are too coarse, or a level needs too many paths.
    """
    for level in levels:
        level.extend(FIRST, means)
    finer = _look_ahead(levels, make_level, alpha, target, means)
    while True:
        for level in levels:
            level.extend(FIRST, means)
        _share_out_paths(levels, target, means)
        bias = _estimate_bias(levels, alpha)
        if bias <= target / np.sqrt(2.0):
            return bias
        if finer:
            levels.append(finer.pop(0))
        else:
            levels.append(_make_finer(levels, make_level, alpha, target))


def _look_ahead(
    levels: Sequence[LevelSampler],
    make_level: Callable[..., LevelSampler],
    alpha: float,
    target: float,
    means: runner.Means,
) -> list[LevelSampler]:
    """Return the finer levels that the target needs without a doubt, with a few paths each.

    A target that is out of reach is refused here: the many paths that it would take on the coarser
    levels, which may be days of work, are not sampled first.

    Raises
    ------
    ValueError
        As `refine`.
    """
    _check_paths(levels, target)
    finer: list[LevelSampler] = []
    while _estimate_bias([*levels, *finer], alpha, CERTAIN) > target / np.sqrt(2.0):
        finer.append(_make_finer([*levels, *finer], make_level, alpha, target))
        finer[-1].extend(FEW, means)
    for level in finer:
        level.extend(FIRST, means)
    _check_paths([*levels, *finer], target)
    return finer


def _make_finer(
    levels: Sequence[LevelSampler],
    make_level: Callable[..., LevelSampler],
    alpha: float,
    target: float,
) -> LevelSampler:
    """Return the level after the finest, or refuse the target if no finer level is allowed."""
    exponent = levels[-1].exponent
    if exponent < MOST_LEVEL:
        return make_level(exponent=exponent + 1, coarsest=False)
    bias = _estimate_bias(levels, alpha)
    raise ValueError(
        f"target={target:g} needs more than {2**MOST_LEVEL} steps, for there the bias is "
        f"{bias:.2g}: use target={2.0 * bias:.1g}, or a method of higher weak order"
    )


def _share_out_paths(levels: Sequence[LevelSampler], target: float, means: runner.Means) -> None:
    """Give each level its share of the paths.

    The shares are computed twice, since after the first time the variances are known better.
    """
    for _ in range(2):
        for level, paths in zip(levels, _choose_paths(levels, target)):
            level.extend(paths, means)


def _check_paths(levels: Sequence[LevelSampler], target: float) -> None:
    """Refuse a target that needs too many paths on one of the levels."""
    for level, paths in zip(levels, _choose_paths(levels, target)):
        level.check(paths)


def _choose_paths(levels: Sequence[LevelSampler], target: float) -> Iterator[float]:
    """Yield the paths of each level that reach half of target^2 at the least cost.

    The numbers are those of equation 12 of Giles.
    """
    total = sum(np.sqrt(level.variance * level.steps) for level in levels)
    for level in levels:
        yield float(2.0 / target**2 * np.sqrt(level.variance / level.steps) * total)


def _estimate_bias(levels: Sequence[LevelSampler], alpha: float, doubt: float = 0.0) -> float:
    """Return the bias of the finest level, from the means of the last three differences.

    The mean of the difference on the finest level follows from that of each by the weak order
    alpha, and the largest of the three is taken: one alone may be small by chance. Each mean is
    taken closer to 0 by `doubt` of its standard errors.
    """
    last = len(levels) - 1
    differences = [
        (abs(levels[i].mean) - doubt * levels[i].stderr) * 2.0 ** (-alpha * (last - i))
        for i in range(max(1, last - 2), last + 1)
    ]
    return float(max(differences) / (2.0**alpha - 1.0))
