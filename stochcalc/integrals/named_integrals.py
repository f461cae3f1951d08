r"""Riemann sums by their names: of Ito, of Stratonovich, and backward.

They tend to the integrals of these names. For f(t, W) dW on a grid, with f_k = f(t_k, W(t_k)) and
dW_k = W(t_{k+1}) - W(t_k):

    Ito             sum f_k dW_k
    Stratonovich    sum (f_k + f_{k+1})/2 dW_k
    backward        sum f_{k+1} dW_k

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.1.
"""

from __future__ import annotations

from typing import TypedDict, Unpack

from numpy.typing import ArrayLike

from stochcalc.integrals.riemann_sums import riemann_sum
from stochcalc.typing import (
    ArrayOrMoments,
    Executor,
    FunctionOfPath,
    FunctionOfSum,
    Paths,
    Progress,
    Workers,
)


class SumOptions(TypedDict, total=False):
    """The options of `riemann_sum`, which `ito`, `stratonovich` and `backward` pass on to it."""

    at: str
    against: Paths | ArrayLike | None
    running: bool
    save: str
    observe: FunctionOfSum | None
    workers: Workers
    executor: Executor
    progress: Progress


def ito(
    f: FunctionOfPath | Paths | ArrayLike, W: Paths, **options: Unpack[SumOptions]
) -> ArrayOrMoments:
    r"""Return the sum that tends to Ito's integral of f(t, W) dW: the Riemann sum with f at the
    start of each step.

    Parameters
    ----------
    f : callable f(t, w), sampled paths, or array shaped like ``W.values``
        The integrand.
    W : BrownianPaths, Solution, or pair (t, values)
        The path, in one component; see `riemann_sum`.
    **options
        The options of `riemann_sum`: at, against, running, save, observe, workers, executor,
        progress.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`; or Moments

    Notes
    -----
    .. math:: \sum_k f(t_k, W(t_k)) (W(t_{k+1}) - W(t_k))

    The integrand is known before the increment, so that the sums are a martingale.

    References
    ----------
    K. Ito, Proc. Imp. Acad. Tokyo 20 (1944) 519; Evans (2013), section 4.2. [ito1944] [evans2013]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, paths=3, rng=1)
    >>> bool((ito(lambda t, w: w, W) == riemann_sum(lambda t, w: w, W, 0.0)).all())
    True
    """
    return riemann_sum(f, W, 0.0, **options)


def stratonovich(
    f: FunctionOfPath | Paths | ArrayLike, W: Paths, **options: Unpack[SumOptions]
) -> ArrayOrMoments:
    r"""Return the sum that tends to Stratonovich's integral of f(t, W) dW, for which the rules of
    calculus hold.

    Parameters
    ----------
    f : callable f(t, w), sampled paths, or array shaped like ``W.values``
        The integrand.
    W : BrownianPaths, Solution, or pair (t, values)
        The path, in one component; see `riemann_sum`.
    **options
        The options of `riemann_sum`, where `at` is "value" by default: at, against, running, save,
        observe, workers, executor, progress.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`; or Moments

    Notes
    -----
    It is the trapezoid rule, `riemann_sum` at lam = 1/2 with at="value":

    .. math:: \sum_k \tfrac12 (f_k + f_{k+1}) (W(t_{k+1}) - W(t_k))

    References
    ----------
    R. L. Stratonovich, SIAM J. Control 4 (1966) 362. [stratonovich1966]

    Examples
    --------
    >>> import numpy as np
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, paths=3, rng=1)
    >>> bool(np.allclose(stratonovich(lambda t, w: w, W), W.values[:, -1] ** 2 / 2))
    True
    """
    options.setdefault("at", "value")
    return riemann_sum(f, W, 0.5, **options)


def backward(
    f: FunctionOfPath | Paths | ArrayLike, W: Paths, **options: Unpack[SumOptions]
) -> ArrayOrMoments:
    r"""Return the sum that tends to the backward integral of f(t, W) dW: the Riemann sum with f at
    the end of each step.

    Parameters
    ----------
    f : callable f(t, w), sampled paths, or array shaped like ``W.values``
        The integrand.
    W : BrownianPaths, Solution, or pair (t, values)
        The path, in one component; see `riemann_sum`.
    **options
        The options of `riemann_sum`: at, against, running, save, observe, workers, executor,
        progress.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`; or Moments

    Notes
    -----
    .. math:: \sum_k f(t_{k+1}, W(t_{k+1})) (W(t_{k+1}) - W(t_k))

    References
    ----------
    Evans (2013), section 4.1, lemma on Riemann sums. [evans2013]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, paths=3, rng=1)
    >>> bool((backward(lambda t, w: w, W) == riemann_sum(lambda t, w: w, W, 1.0)).all())
    True
    """
    return riemann_sum(f, W, 1.0, **options)
