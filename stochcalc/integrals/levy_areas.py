"""Double integrals of Brownian motion in several components over every step, at a chosen accuracy.

    I_jk = int_t^(t+h) (W_j(s) - W_j(t)) dW_k(s) = (dW_j dW_k - (1 - 2 lam) delta_jk h)/2 + A_jk

where lam = 0 is Ito's integral and lam = 1/2 is Stratonovich's. The increments give all but Levy's
areas A_jk = -A_kj. Given w = dW/sqrt(h) these are a series in independent normals,

    A_jk = h/(2 pi) sum_(r>=1) (X_rj (Y_rk - sqrt(2) w_k) - X_rk (Y_rj - sqrt(2) w_j))/r,

cut after `terms` of them. The tail is nearly normal. With psi = sum_(r>terms) 1/r^2 and, for
antisymmetric G, K G the matrix w_j v_k - w_k v_j, v = w^T G, its covariance given w is psi Sigma
(h/(2 pi))^2, Sigma = 2 (1 + K). Two draws, times h/(2 pi):

    Mrongowius and Roessler     sqrt(2 psi) (G_jk + w_j P_k - w_k P_j)
    Wiktorsson                  sqrt(2 psi) (G + K G/(1 + alpha))_jk

The first takes m more normals P and no root. The second has alpha = sqrt(1 + w^T w); it is
(Sigma + 2 alpha)/(sqrt(2) (1 + alpha)), which is sqrt(Sigma), applied to G. Given dW and the terms
kept, both tails have the same law: so E A^2 = h^2/4 and E[A_jk A_jl | dW] hold for any number of
terms, and an error proved for the one is true of the other. They differ in the normals they take,
and in the errors that have been proved.

Sources: Wiktorsson, Ann. Appl. Probab. 11 (2001) 470; Mrongowius and Roessler, Stoch. Anal. Appl.
40 (2022) 397; Kastner and Roessler, Numer. Algorithms 93 (2023) 27 (both, with their errors side by
side).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.random.drivers import Driven, Layout
from stochcalc.engine.random.philox import COMPONENTS, LEVY_AREA
from stochcalc.engine.random.sources import Beside, KeyedNoise, Source
from stochcalc.engine.registers import linear
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths

# (L2 error of an area) pi terms/(h sqrt(dim)), as Kastner and Roessler give them
ERRORS = {"mrongowius_roessler": math.sqrt(1.0 / 12.0), "wiktorsson": math.sqrt(5.0 / 12.0)}


def levy_area_terms(
    error: float, h: float, dim: int = 2, method: str = "mrongowius_roessler"
) -> int:
    """Return how many terms of the series keep the L2 error of an area below `error`.

    The area is one over a step of length h. The errors proved are sqrt(dim/12) h/(pi terms) for
    Mrongowius and Roessler, and sqrt(5 dim/12) h/(pi terms) for Wiktorsson: there are true areas,
    given the same increments, no further away in root mean square. The first bound is twice the
    distance that its proof is about, as terms grow. Strong order 1 asks for an error of h^(3/2),
    and so for 1/sqrt(h) terms.

    Parameters
    ----------
    error, h : float > 0
    dim : int >= 2
        Components of the motion.
    method : {"mrongowius_roessler", "wiktorsson"}

    Returns
    -------
    int >= 1

    Raises
    ------
    TypeError, ValueError
        For an error or a step that is not positive, fewer than two components, an unknown method,
        an error so small that the terms exceed those a step can have.

    Examples
    --------
    >>> levy_area_terms(1e-3, 0.01), levy_area_terms(1e-3, 0.01, method="wiktorsson")
    (2, 3)
    >>> [levy_area_terms(h**1.5, h) for h in (1e-2, 1e-4, 1e-6)]
    [2, 13, 130]
    """
    error = checks.number("error", error, above=0.0)
    h = checks.number("h", h, above=0.0)
    dim = checks.integer("dim", dim, 2)
    constant = ERRORS[checks.choice("method", method, ERRORS)]
    needed = constant * math.sqrt(dim) * h / (math.pi * error)
    most = _most_terms(dim)
    if needed > most:
        raise ValueError(
            f"error={error:g} on steps of h={h:g} takes {needed:.3g} terms, over the {most:,} that "
            f"a step with dim={dim} can have: allow a larger error, or take shorter steps"
        )
    return max(1, math.ceil(needed))


def _most_terms(dim: int) -> int:
    """The normals of a step are numbered in a field of the generator's counter."""
    return max(1, (COMPONENTS - 1 - dim * (dim + 1) // 2) // (2 * dim))


def double_integrals(
    W: BrownianPaths,
    *,
    lam: float = 0.0,
    method: str = "mrongowius_roessler",
    error: float | None = None,
    terms: int | None = None,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Draw the double integrals I_jk = int (W_j - W_j(t)) dW_k over every step of a motion.

    They are drawn given its increments: I + I^T = dW dW^T - (1 - 2 lam) h, whatever the accuracy,
    and the antisymmetric part is Levy's area. Over several steps they add by Chen's rule:
    I_jk(s, u) = I_jk(s, t) + I_jk(t, u) + (W_j(t) - W_j(s)) (W_k(u) - W_k(t)). The areas are a
    function of the key, so schemes such as "sri2" along the same motion see the very numbers of the
    default.

    Parameters
    ----------
    W : BrownianPaths
        Two or more independent components, drawn on its grid; stored or streamed.
    lam : float in [0, 1]
        The reading: 0 Ito, 1/2 Stratonovich, 1 backward.
    method : {"mrongowius_roessler", "wiktorsson"}
        How the tail of the series is drawn; the terms themselves are the same.
    error : float, optional
        The L2 error of an area over the longest step, as in `levy_area_terms`.
    terms : int >= 1, optional
        The number of terms instead. With neither, an error of h^(3/2) on every step.
    workers : int, optional
        Threads; all CPUs by default.

    Returns
    -------
    ndarray, shape (paths, n, dim, dim)

    Raises
    ------
    TypeError, ValueError
        For a motion with one component, correlated, refined or coarsened; for both `error` and
        `terms`, or bad ones; for an array beyond the memory budget.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, dim=2, paths=3, rng=1)
    >>> I = double_integrals(W)
    >>> I.shape
    (3, 4, 2, 2)
    >>> A = 0.5 * (I[..., 0, 1] - I[..., 1, 0])
    >>> np.abs(I[..., 0, 1] - (0.5 * W.increments[..., 0] * W.increments[..., 1] + A)).max() < 1e-15
    np.True_
    """
    check_motion("W", W, 2)
    if W.parent is not None:
        raise ValueError(
            "W was refined or coarsened, and the areas belong to the steps it was drawn on: draw "
            "it on this grid"
        )
    if W.factor is not None:
        raise ValueError(
            "W has correlated components, and the areas need independent ones: draw W without "
            "correlation= and take L I L^T, with L the Cholesky factor of the correlation"
        )
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    checks.choice("method", method, ERRORS)
    count = _count(W, method, error, terms)
    m = W.dim
    steps = W.partition.steps
    checks.budget(
        "the double integrals", W.paths * W.partition.n * m * m, "use fewer paths or steps"
    )
    layout = Layout(m, matrix=True, areas=True)
    source: Source = Driven(W.noise(), layout, W.key, steps, terms=count)
    step = Step(_integrals, drivers=("dW", "A"), reading=True)
    args: tuple[Any, ...] = ()
    if method == "wiktorsson":
        assert count is not None
        normals = m * (m + 1) // 2  # those of the tail of Mrongowius and Roessler: first G, then P
        source = Beside(source, KeyedNoise(W.key, np.ones(len(steps)), normals, purpose=LEVY_AREA))
        layout = Layout(m, matrix=True, areas=True, rest=normals)
        args = (_tail(count),)
        step = Step(_wiktorsson, drivers=("dW", "A", "rest"), reading=True)
    job = Batch(
        step=step,
        how=(),
        noise=source,
        paths=W.paths,
        dim=m * m,
        times=W.t,
        steps=steps,
        starts=np.zeros((1, m * m)),
        keep=np.arange(1, len(steps) + 1),
        args=args,
        layout=layout,
        lam=lam,
    )
    rows = runner.rows(job, workers=workers)
    return rows.reshape(W.paths, len(steps), m, m)


def _count(W: BrownianPaths, method: str, error: Any, terms: Any) -> int | None:
    """Return the number of terms; None for that of the schemes."""
    steps = W.partition.steps
    if error is not None and terms is not None:
        raise ValueError(
            f"error={error!r} and terms={terms!r}: the one follows from the other, give one of them"
        )
    if terms is not None:
        return checks.integer("terms", terms, 0, _most_terms(W.dim))
    if error is not None:
        return levy_area_terms(error, float(steps.max()), W.dim, method)
    if method == "mrongowius_roessler":
        return None
    shortest = float(steps.min())
    return levy_area_terms(shortest**1.5, shortest, W.dim, method)


def _tail(terms: int) -> float:
    """sqrt(2 psi)/(2 pi) with psi = sum_(r>terms) 1/r^2."""
    left = math.pi * math.pi / 6.0
    for r in range(1, terms + 1):
        left -= 1.0 / (r * r)
    return math.sqrt(2.0 * left) / (2.0 * math.pi)


def _integrals(t: float, x: Any, dt: float, dW: Any, A: Any, args: Any, lam: float) -> Any:
    """The double integrals of this step, whatever came before."""
    return linear.compute_double_integrals(dW, A, dt, lam).entries.reshape(x.shape)


def _wiktorsson(
    t: float, x: Any, dt: float, dW: Any, A: Any, normals: Any, args: Any, lam: float
) -> Any:
    """The double integrals of this step, with Wiktorsson's tail in the place of A's.

    It is w_j v_k - w_k v_j with v = w^T G/(1 + alpha) instead of P.
    """
    m = len(dW)
    w = dW / math.sqrt(dt)
    G = np.zeros_like(A.entries)
    upper = np.triu_indices(m, 1)
    G[upper] = normals[:-m]
    G[upper[::-1]] = -normals[:-m]
    alpha = np.sqrt(1.0 + np.sum(w * w, axis=0))
    v = np.einsum("j...,jk...->k...", w, G) / (1.0 + alpha) - normals[-m:]
    turned = w[:, None] * v[None, :]
    area = A + Matrix(dt * args[0] * (turned - turned.swapaxes(0, 1)))
    return _integrals(t, x, dt, dW, area, (), lam)
