"""Broken Brownian motion: increments, the bridge between them, and what is read off a path."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean

import stochcalc as sc

SOURCES = "engine/random/sources.py"
FILLS = "engine/random/fills.py"
TREE = "engine/loop/bridge_tree.py"


def check_spread_of_steps(seed):
    """The squares of the increments add up to T = 1 on 512 steps."""
    W = sc.brownian(1.0, 512, paths=1 << 16, store=False, rng=seed)
    assert_mean(sc.quadratic_variation(W).value, 1.0, sigmas=SIGMAS, detects=3e-3)


def check_spread_of_ends(seed):
    """W at T = 2 has the variance 2 on an uneven grid, so that no two steps share their noise."""
    grid = sc.Partition([0.0, 0.1, 0.5, 0.6, 1.0, 1.1, 1.5, 1.7, 2.0])
    W = sc.brownian(partition=grid, paths=1 << 17, rng=seed)
    assert_mean(W.values[:, -1] ** 2, 2.0, sigmas=SIGMAS)


def check_correlation(seed):
    """The increments of three correlated components have their covariances."""
    rho = [[1.0, 0.6, -0.3], [0.6, 1.0, 0.4], [-0.3, 0.4, 1.0]]
    W = sc.brownian(1.0, 2, dim=3, paths=1 << 14, correlation=rho, rng=seed)
    dW = W.increments.reshape(-1, 3)
    products = dW[:, :, None] * dW[:, None, :]
    assert_mean(products, 0.5 * np.array(rho), sigmas=SIGMAS)


def check_components(seed):
    """Two components are independent: the product of their increments has the mean 0."""
    dW = sc.brownian(1.0, 2, dim=2, paths=1 << 14, rng=seed).increments
    assert_mean(dW[..., 0] * dW[..., 1], [0.0, 0.0], sigmas=SIGMAS)


def bridge_residuals(seed):
    """What W has at 1/2, and at 1/4 and 3/4, beyond the mean of its neighbours."""
    W = sc.brownian(1.0, 1, paths=1 << 14, rng=seed)
    quarter, half, last = W.at([0.25, 0.5, 0.75]).T
    end = W.values[:, -1]
    return half - 0.5 * end, quarter - 0.5 * half, last - 0.5 * (half + end)


def check_bridge(seed):
    """Given its ends, W at the middle of an interval of length h has the variance h/4."""
    top, left, right = bridge_residuals(seed)
    squares = np.stack([top**2, left**2, right**2], axis=1)
    assert_mean(squares, [0.25, 0.125, 0.125], sigmas=SIGMAS)


def check_levels_of_the_bridge(seed):
    """The normals of two levels of the bridge, and of two nodes of one level, are independent."""
    top, left, right = bridge_residuals(seed)
    products = np.stack([top * left, top * right, left * right], axis=1)
    assert_mean(products, [0.0, 0.0, 0.0], sigmas=SIGMAS)


def check_maximum(seed):
    """The maximum of W over [0, 1] has the law of |W_1|: mean sqrt(2/pi), mean square 1."""
    W = sc.brownian(1.0, 4, paths=1 << 16, rng=seed)
    M = sc.maximum(W)
    assert_mean(np.stack([M, M**2], axis=1), [math.sqrt(2.0 / math.pi), 1.0], sigmas=SIGMAS)


def check_coarse_motion(seed):
    """The increments of the coarsened motion are the sums of those of the fine one."""
    W = sc.brownian(1.0, 12, paths=300, rng=seed)
    assert_near(W.coarsen(3).increments, W.increments.reshape(300, 4, 3).sum(axis=2), 1e-13)


DEFECTS = (
    Defect(
        name="variance of increments",
        what="The variance of every increment is too large by one hundredth.",
        file=SOURCES,
        old="multiplies\n        roots = np.append(np.sqrt(self.steps), 0.0)",
        new="multiplies\n        roots = np.append(np.sqrt(1.01 * self.steps), 0.0)",
        check=check_spread_of_steps,
        by="law",
        everyday=True,
    ),
    Defect(
        name="dt for its root",
        what="A normal is multiplied by dt instead of by sqrt(dt).",
        file=SOURCES,
        old="multiplies\n        roots = np.append(np.sqrt(self.steps), 0.0)",
        new="multiplies\n        roots = np.append(self.steps, 0.0)",
        check=check_spread_of_ends,
        by="law",
    ),
    Defect(
        name="noise used again",
        what="Two pairs of steps share their normals, so that noise comes back two steps later.",
        file=FILLS,
        old="                first,\n                (k + j) >> 1,\n",
        new="                first,\n                (k + j) >> 2,\n",
        check=check_spread_of_ends,
        by="law",
    ),
    Defect(
        name="last step dropped",
        what="The state is not advanced over the last step of the grid.",
        file="engine/loop/time_loop.py",
        old="                _advance(advance, (times[k], steps[k], x, noise[j], words))",
        new="                if k + 1 < n:\n"
        "                    _advance(advance, (times[k], steps[k], x, noise[j], words))",
        check=check_spread_of_ends,
        by="law",
    ),
    Defect(
        name="one normal for all components",
        what="Every component of the motion gets the normals of the first.",
        file=FILLS,
        old="                component + i,\n",
        new="                component,\n",
        check=check_components,
        by="law",
    ),
    Defect(
        name="correlation transposed",
        what="Correlated increments are made with L^T in the place of the Cholesky factor L.",
        file=SOURCES,
        old="fill_correlated(), NO_IDS, roots, self.factor[None])",
        new="fill_correlated(), NO_IDS, roots, np.ascontiguousarray(self.factor.T)[None])",
        check=check_correlation,
        by="law",
    ),
    Defect(
        name="correlation read too late",
        what="Rows are correlated from the first to the last, and read what has been overwritten.",
        file=FILLS,
        old="        i = dim - 1 - back\n",
        new="        i = back\n",
        check=check_correlation,
        by="law",
    ),
    Defect(
        name="variance of the bridge",
        what="The bridge has half of its variance in the middle of an interval.",
        file=FILLS,
        old="0.5 * math.sqrt(width) * z",
        new="0.5 * math.sqrt(0.5 * width) * z",
        check=check_bridge,
        by="law",
    ),
    Defect(
        name="line instead of a bridge",
        what="Between grid points the path is a straight line, without noise.",
        file=FILLS,
        old="0.5 * (left + right) + 0.5 * math.sqrt(width) * z",
        new="0.5 * (left + right)",
        check=check_bridge,
        by="law",
    ),
    Defect(
        name="width of the bridge",
        what="The interval does not become shorter from level to level of the bridge.",
        file=TREE,
        old="                width *= 0.5\n",
        new="",
        check=check_bridge,
        by="law",
    ),
    Defect(
        name="one node for two levels",
        what="The node of the bridge's tree, and so its normal, stays the same on the next level.",
        file=TREE,
        old="                heap = 2 * heap\n",
        new="",
        check=check_levels_of_the_bridge,
        by="law",
    ),
    Defect(
        name="left and right of the bridge",
        what="The walk down the tree turns left where the time lies to the right.",
        file=TREE,
        old="ends = low if rightwards else high",
        new="ends = high if rightwards else low",
        check=check_bridge,
        by="law",
    ),
    Defect(
        name="maximum inside a step",
        what="The maximum of a bridge takes the square of one normal, where those of two are due.",
        file="motion/maximum.py",
        old="dt * (z * z + z2 * z2)",
        new="dt * (z * z)",
        check=check_maximum,
        by="law",
    ),
    Defect(
        name="coarsening drops increments",
        what="The increment of a long step leaves out the last of the short ones.",
        file="motion/derived.py",
        old="    for j in range(1, fine.shape[2]):\n",
        new="    for j in range(1, fine.shape[2] - 1):\n",
        check=check_coarse_motion,
        by="bits",
    ),
)
