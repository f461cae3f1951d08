r"""Double integrals of Brownian motion in several components over every step, at a chosen accuracy.

Over a step from t to t + h

    I_jk = int_t^(t+h) (W_j(s) - W_j(t)) dW_k(s) = (dW_j dW_k - (1 - 2 lam) delta_jk h)/2 + A_jk

where lam = 0 is Ito's integral and lam = 1/2 is Stratonovich's. The increments determine all but
Levy's areas A_jk = -A_kj. Given w = dW/sqrt(h), the areas are a series in independent normals,

    A_jk = h/(2 pi) sum_(r>=1) (X_rj (Y_rk - sqrt(2) w_k) - X_rk (Y_rj - sqrt(2) w_j))/r,

which is cut after a number of terms (`area_errors` says how many are needed). The sum of the other
terms is its tail, which is nearly normal. With psi = sum_(r>terms) 1/r^2 the covariance of the
tail, given w, is psi Sigma (h/(2 pi))^2 where Sigma = 2 (1 + K). Here K is the linear map that
takes an antisymmetric matrix G to the matrix w_j v_k - w_k v_j with v = w^T G. There are two ways
to draw a normal tail of this covariance; times h/(2 pi) they are

    Mrongowius and Roessler     sqrt(2 psi) (G_jk + w_j P_k - w_k P_j)
    Wiktorsson                  sqrt(2 psi) (G + K G/(1 + alpha))_jk

where the entries of G above the diagonal, and those of P, are independent standard normals. The
first takes m more normals P, one for each component, and no root. The second has alpha = sqrt(1 +
w^T w); it applies (Sigma + 2 alpha)/(sqrt(2) (1 + alpha)) to G, which is sqrt(Sigma). Given dW and
the terms that are kept, both tails have the same law: so E A^2 = h^2/4 and E[A_jk A_jl | dW] are
exact for any number of terms, and an error that is proved for one of them is true of the other.
They differ in the normals that they take, and in the errors that have been proved.

Sources: Wiktorsson, Ann. Appl. Probab. 11 (2001) 470; Mrongowius and Roessler, Stoch. Anal. Appl.
40 (2022) 397; Kastner and Roessler, Numer. Algorithms 93 (2023) 27 (both, with their errors side by
side).
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine import checks, memory
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.random.driver_fills import compute_tail_scale
from stochcalc.engine.random.drivers import Driven
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.philox import LEVY_AREA
from stochcalc.engine.random.sources import Beside, KeyedNoise, Source
from stochcalc.engine.registers import linear
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.integrals.area_errors import ERRORS, count_terms
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, Noise, Parameters, Progress, State, Workers


@hint_names
def double_integrals(
    W: BrownianPaths,
    *,
    lam: float = 0.0,
    method: str = "mrongowius_roessler",
    error: float | None = None,
    terms: int | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Draw the double integrals of a motion over every step, given its increments.

    Parameters
    ----------
    W : BrownianPaths
        Two or more independent components, drawn on its grid; stored or streamed.
    lam : float in [0, 1]
        The interpretation: 0 Ito, 1/2 Stratonovich, 1 backward.
    method : {"mrongowius_roessler", "wiktorsson"}
        How the tail of the series is drawn; the terms themselves are the same.
    error : float, optional
        The root of the mean-square error of an area over the longest step, as in
        `levy_area_terms`.
    terms : int, optional
        The number of terms instead, not negative. With neither, the error is h^(3/2) on every step.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n, dim, dim)
        The entry [p, i, j, k] is I_jk of path p over step i.

    Raises
    ------
    TypeError, ValueError
        For a motion with one component, or one that is correlated, refined or coarsened; for both
        `error` and `terms`, or bad ones; for an array beyond the memory budget.

    Notes
    -----
    .. math:: I_{jk} = \int_t^{t+h} (W_j(s) - W_j(t)) \, \dd W_k(s)

    They satisfy I + I^T = dW dW^T - (1 - 2 lam) h, whatever the accuracy, and their antisymmetric
    part is Levy's area. Over several steps they add by Chen's rule: I_jk(s, u) = I_jk(s, t) +
    I_jk(t, u) + (W_j(t) - W_j(s)) (W_k(u) - W_k(t)). The areas are a function of the key, so that
    schemes such as "sri2" along the same motion take the same numbers as the default here.

    References
    ----------
    Mrongowius and Roessler, Stoch. Anal. Appl. 40 (2022) 397; Wiktorsson, Ann. Appl. Probab. 11
    (2001) 470. [mrongowiusroessler2022] [wiktorsson2001]

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
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 2)
    if not W.is_drawn:
        raise ValueError(
            f"W {W.origin}, and the areas belong to the steps it was drawn on: draw it on this grid"
        )
    if W.factor is not None:
        raise ValueError(
            "W has correlated components, and the areas need independent ones: draw W without "
            "correlation= and take L I L^T, with L the Cholesky factor of the correlation"
        )
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    checks.choice("method", method, ERRORS)
    count = count_terms(W, method, error, terms)
    m = W.dim
    steps = W.partition.steps
    memory.budget(
        "the double integrals", W.paths * W.partition.n * m * m, "use fewer paths or steps"
    )
    layout = Layout(m, matrix=True, areas=True)
    key = W.find_key("an area")
    source: Source = Driven(increments=W.noise(), layout=layout, key=key, steps=steps, terms=count)
    step = Step(_integrals, drivers=("dW", "A"), reading=True)
    args: Parameters = ()
    if method == "wiktorsson":
        assert count is not None
        normals = m * (m + 1) // 2  # those of the tail of Mrongowius and Roessler: first G, then P
        source = Beside(source, KeyedNoise(key, np.ones(len(steps)), normals, purpose=LEVY_AREA))
        layout = Layout(m, matrix=True, areas=True, rest=normals)
        args = (compute_tail_scale(count) / (2.0 * math.pi),)
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
    rows = runner.rows(job, **means)
    return rows.reshape(W.paths, len(steps), m, m)


def _integrals(
    t: float, x: State, dt: float, dW: Noise, A: Noise, args: Parameters, lam: float
) -> State:
    """Return the double integrals of this step, which take the place of those of the step before.

    I_jk = (dW_j dW_k - (1 - 2 lam) delta_jk h)/2 + A_jk
    """
    return linear.compute_double_integrals(dW, A, dt, lam).entries.reshape(x.shape)


def _wiktorsson(
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    A: Noise,
    normals: Noise,
    args: Parameters,
    lam: float,
) -> State:
    """Return the double integrals of this step, with Wiktorsson's tail in the place of A's.

    A has the tail of Mrongowius and Roessler, made of G and P. What is added to it is the matrix
    w_j v_k - w_k v_j with v = w^T G/(1 + alpha) - P. The first argument of `args` is its factor,
    and `normals` holds the entries of G above its diagonal, then P.
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
