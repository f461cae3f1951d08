"""How much the states of chains are worth: effective sample size and R-hat.

Correlated states estimate a mean like fewer independent ones. S states are worth S/tau, with the
integrated autocorrelation time tau = 1 + 2 sum_k rho_k, where rho_k is the correlation of states k
steps apart. For a reversible chain the sums of neighbours rho_2k + rho_(2k+1) are positive and
decrease; so the estimated sum stops where they turn negative, and a sum that rises is replaced by
the one before it (Geyer, Statist. Sci. 7 (1992) 473). Chains that have not mixed differ more
between each other than within: R-hat is the square root of this ratio of variances. Both are taken
after each chain is split in two, and by default of the normal scores of ranks, which have moments
whatever the density (Vehtari, Gelman, Simpson, Carpenter and Bürkner, Bayesian Anal. 16 (2021)
667).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.typing import Array

PIECE = 1 << 18  # numbers that are transformed at a time


@hint_names
def autocorrelation_time(x: ArrayLike) -> float:
    r"""Return the integrated autocorrelation time of a mean, 1 for independent states.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws)
        One component of the states of the chains, at least four draws.

    Returns
    -------
    float
        The time in steps between states.

    Raises
    ------
    TypeError, ValueError
        For what is no such array of finite numbers.

    Notes
    -----
    With the correlation :math:`\rho_k` of states k steps apart it is

    .. math:: \tau = 1 + 2 \sum_{k \ge 1} \rho_k,

    and the mean of S states has the variance of the mean of :math:`S/\tau` independent ones.

    References
    ----------
    C. J. Geyer, Statist. Sci. 7 (1992) 473. [geyer1992]

    Examples
    --------
    >>> autocorrelation_time(np.random.default_rng(1).normal(size=100_000)).__round__(1)
    1.0
    """
    chains = _check_chains(x, beside=1)
    return _sum_autocorrelations(_halve(chains))


@hint_names
def effective_sample_size(x: ArrayLike, *, ranks: bool = True) -> float:
    """Return how many independent draws the chains are worth together.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws)
        One component of the states of the chains, at least four draws.
    ranks : bool
        Whether to take the normal scores of the ranks ("bulk") instead of the values themselves.

    Returns
    -------
    float
        The number of states over the integrated autocorrelation time.

    Raises
    ------
    TypeError, ValueError
        For what is no such array of finite numbers.

    References
    ----------
    A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Bürkner, Bayesian Anal. 16 (2021) 667.
    [vehtari2021]

    Examples
    --------
    >>> independent = np.random.default_rng(1).normal(size=(4, 10_000))
    >>> round(effective_sample_size(independent) / 40_000, 1)
    1.0
    """
    ranks = checks.flag("ranks", ranks)
    chains = _halve(_check_chains(x, beside=4 if ranks else 1))
    if ranks:
        return chains.size / _sum_autocorrelations(_rank_to_normal(chains))
    return chains.size / _sum_autocorrelations(chains)


@hint_names
def split_rhat(x: ArrayLike) -> float:
    """Return R-hat of the halves of the chains, in location or in spread, whichever is larger.

    It is near 1 once the chains have mixed; above 1.01 they have not.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws)
        One component of the states of the chains, at least four draws.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        For what is no such array of finite numbers.

    References
    ----------
    A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Bürkner, Bayesian Anal. 16 (2021) 667.
    [vehtari2021]

    Examples
    --------
    >>> mixed = np.random.default_rng(1).normal(size=(4, 1000))
    >>> round(split_rhat(mixed), 2)
    1.0
    """
    chains = _halve(_check_chains(x, beside=4))
    location = _compare_variances(_rank_to_normal(chains))
    chains -= np.median(chains)
    np.abs(chains, out=chains)
    return max(location, _compare_variances(_rank_to_normal(chains)))


def _check_chains(x: ArrayLike, beside: int) -> Array:
    """Return the states of one component, shape (chains, draws).

    What is done with them takes `beside` arrays of their size, and one more if x is copied.
    """
    chains = np.atleast_2d(checks.array("x", x))
    if not (isinstance(x, np.ndarray) and np.shares_memory(x, chains)):
        beside += 1
    memory.budget(
        "a diagnostic of the chains",
        0,
        "use fewer chains, or fewer states of each",
        beside=beside * chains.size,
    )
    if chains.ndim != 2 or chains.shape[1] < 4:
        raise ValueError(
            f"x has shape {np.shape(x)}: give (chains, draws) with at least 4 draws, one component "
            f"at a time"
        )
    return chains


def _halve(chains: Array) -> Array:
    """Return the first and the second half of each chain as chains of their own."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _rank_to_normal(chains: Array) -> Array:
    """Return the normal quantiles of the ranks of all states together."""
    with hold_interrupts_back():  # half a second, which only diagnostics need to spend
        from scipy.special import ndtri

    ranks = _rank(chains.ravel())
    ranks -= 0.375
    ranks /= chains.size + 0.25
    scores: Array = ndtri(ranks, out=ranks).reshape(chains.shape)
    return scores


def _rank(values: Array) -> Array:
    """Return the rank of each value, from 1; equal values share the mean of their ranks.

    It is `scipy.stats.rankdata` in half of the memory.
    """
    order = np.argsort(values)
    in_order = values[order]
    begins = np.append(True, in_order[1:] != in_order[:-1])  # a group of equal values
    del in_order
    if begins.all():
        ranks = np.arange(1.0, len(values) + 1.0)
    else:
        first = np.flatnonzero(begins)
        length = np.diff(np.append(first, len(values)))
        ranks = np.repeat(first + 0.5 * (length + 1), length)
    result = np.empty(len(values))
    result[order] = ranks
    return result


def _compare_variances(chains: Array) -> float:
    """Return the square root of the variance of all states over that within the chains."""
    n = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean()
    between = chains.mean(axis=1).var(ddof=1)
    if within > 0:
        return math.sqrt(between / within + (n - 1) / n)
    if between == 0:
        return math.nan
    return math.inf


def _autocovariances(chains: Array) -> Array:
    """Return the mean over the chains of sum_i x_i x_(i+k) / n, x centred, for every lag k."""
    with hold_interrupts_back():
        from scipy import fft

    m, n = chains.shape
    length = fft.next_fast_len(2 * n)
    power = np.zeros(length // 2 + 1)
    together = max(1, PIECE // length)
    for first in range(0, m, together):
        some = chains[first : first + together]
        spectrum = np.abs(fft.rfft(some - some.mean(axis=1, keepdims=True), length, axis=1))
        spectrum **= 2
        spectrum[0] += power
        power = spectrum.sum(axis=0)
    covariances: Array = fft.irfft(power / m, length)[:n] / n
    return covariances


def _sum_autocorrelations(chains: Array) -> float:
    """Return the integrated autocorrelation time, estimated from all chains together."""
    m, n = chains.shape
    if (chains == chains.flat[0]).all():
        return 1.0
    covariances = _autocovariances(chains)
    within = covariances[0] * n / (n - 1)
    rho = 1.0 - (within - covariances) / (covariances[0] + chains.mean(axis=1).var(ddof=1))
    rho[0] = 1.0
    pairs = (rho[0 : n - n % 2 : 2] + rho[1::2])[: max((n - 1) // 2, 1)]
    negative = np.flatnonzero(pairs[1:] < 0) + 1
    stop = max(len(pairs) - 1, 1)
    if len(negative):
        stop = int(negative[0])
    smooth = np.minimum.accumulate(pairs[:stop])
    tail = 0.0
    if 2 * stop < n:
        tail = float(rho[2 * stop])
    if len(negative):
        tail = max(tail, 0.0)
    return max(-1.0 + 2.0 * float(smooth.sum()) + tail, 1.0 / math.log10(m * n))
