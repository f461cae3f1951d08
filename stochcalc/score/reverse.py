"""Noise turns back into data: dx = [-rate x - g^2 s_t(x)] dt + g dW, with t running from T to 0.

In u = T - t, which runs forwards, dy = [rate y + g^2 s_t(y)] du + g dW. `reverse_sde` takes any
scheme for additive noise. Correctors are Langevin steps at the new time, which repair the law that
a predictor step has left (predictor-corrector).

`ancestral` steps from t down to s < t as if the denoised point x0 = (x + sigma_t^2 s_t)/m_t were
the data. With a = m_t/m_s, b = sigma_t^2 - a^2 sigma_s^2 (the variance that noising adds from s to
t) and v = eta^2 b sigma_s^2/sigma_t^2,

    x <- m_s x0 + sqrt(sigma_s^2 - v) (x - m_t x0)/sigma_t + sqrt(v) z

Here eta = 1 is ancestral sampling (DDPM for VP), and eta = 0 is a deterministic step (DDIM) of the
probability flow.

Sources: Anderson, Stoch. Process. Appl. 12 (1982) 313; Song et al., ICLR 2021; Ho, Jain and Abbeel,
NeurIPS 2020; Song, Meng and Ermon, ICLR 2021 (equation 12, eta).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.densities.mixture_at_a_state import mixture_score
from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.drivers import Driven, Layout
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.methods import METHODS, Method
from stochcalc.score.moves import Moves, check_points, moved
from stochcalc.score.noising import Noising, check_noising


def reverse_sde(
    score: Any,
    noising: Noising,
    x: ArrayLike,
    *,
    n: int,
    method: str = "euler_maruyama",
    corrections: int = 0,
    correction_step: float = 0.1,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> NDArray[np.float64]:
    """Points of the data's law from points of x_T, by the reverse-time equation.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d). A `GaussianMixture` runs
        compiled.
    noising : VE or VP
    x : array_like, shape (points, d)
        From x_T: `noising.prior(points, d)`, or noised data.
    n : int
        Steps, of equal length in t.
    method : str
        A scheme of METHODS for additive noise. Those but "euler_maruyama" need a `GaussianMixture`,
        and draw other noise from the same key. Not "tamed_euler", which tames what is right to be
        large far from the data, nor "theta".
    corrections : int
        Langevin steps after each step (predictor-corrector); with "euler_maruyama". They mend what
        a coarse step leaves, and add the bias of Langevin steps: a few are better than many.
    correction_step : float
        Their step in units of sigma(t)^2.

    Returns
    -------
    ndarray, shape (points, d)
        For VE still smoothed by sigma_min.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, and for a score that is not finite on the way.

    Examples
    --------
    >>> from stochcalc.score import VE, GaussianMixture
    >>> p, noising = GaussianMixture([0.8, 0.2], [[5.0], [-5.0]], 1.0), VE(0.01, 20.0)
    >>> reverse_sde(p, noising, noising.prior(4, 1, rng=1), n=50, rng=1).shape
    (4, 1)
    """
    noising, points, n = check_noising(noising), check_points("x", x, score), checks.integer("n", n)
    scheme = METHODS[
        checks.choice(
            "method",
            method,
            [
                name
                for name, one in METHODS.items()
                if "additive" in one.strong_order
                and not {"exact_step", "drift_dx"} & set(one.functions)
                and name != "tamed_euler"
            ],
        )
    ]
    corrections = checks.integer("corrections", corrections, 0)
    correction_step = checks.number("correction_step", correction_step, above=0.0)
    key, how = make_key(rng, key), {"workers": workers, "executor": executor, "progress": progress}
    if scheme.name == "euler_maruyama":
        return moved(score, euler(noising, n, corrections, correction_step), points, key, **how)
    if corrections:
        raise ValueError(
            f"corrections={corrections} go with method='euler_maruyama', not {method!r}"
        )
    if not hasattr(score, "in_lanes"):
        raise ValueError(
            f"method={method!r} takes the score several times a step and runs compiled, for a "
            f"GaussianMixture: use method='euler_maruyama' with any other score"
        )
    return _by_scheme(score, noising, points, n, scheme, key, how)


def euler(noising: Noising, n: int, corrections: int = 0, correction_step: float = 0.1) -> Moves:
    """Return the table of Euler's scheme; `corrections` Langevin steps follow each of its steps."""
    times = noising.T * (1.0 - np.arange(n + 1) / n)
    start, end, h = times[:-1], times[1:], noising.T / n
    m, g = noising.mean_factor(start), noising.amplitude(start)
    steps = [
        np.stack(
            [
                1.0 + noising.rate(start) * h,
                g * g * h,
                g * math.sqrt(h),
                noising.sigma(start) / m,
                1.0 / m,
            ]
        )
    ]
    if corrections:
        m, alpha = noising.mean_factor(end), correction_step * noising.sigma(end) ** 2
        steps += [
            np.stack([np.ones(n), 0.5 * alpha, np.sqrt(alpha), noising.sigma(end) / m, 1.0 / m])
        ] * corrections
    table = np.stack(steps, axis=2).reshape(5, -1)  # a step, its corrections, the next step
    table = table[
        :, table[1] > 0
    ]  # at the end of VP a correction's step is 0, and its score need not exist
    return Moves(*(np.ascontiguousarray(row) for row in table))


def ancestral(
    score: Any,
    noising: Noising,
    x: ArrayLike,
    *,
    n: int,
    eta: float = 1.0,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> NDArray[np.float64]:
    """Points of the data's law from points of x_T, by stepping between noise levels through the
    denoised point.

    Parameters
    ----------
    score, noising, x, n
        As for `reverse_sde`.
    eta : float
        1: ancestral sampling (DDPM); 0: deterministic (DDIM); between them, less noise.

    Returns
    -------
    ndarray, shape (points, d)
    """
    noising, points, n = check_noising(noising), check_points("x", x, score), checks.integer("n", n)
    eta = checks.number("eta", eta, least=0.0, most=1.0)
    return moved(
        score,
        ancestral_moves(noising, n, eta),
        points,
        make_key(rng, key),
        workers=workers,
        executor=executor,
        progress=progress,
    )


def ancestral_moves(noising: Noising, n: int, eta: float) -> Moves:
    """The table: with x0 = (x + sigma_t^2 s)/m_t and (x - m_t x0)/sigma_t = -sigma_t s, all is
    linear in x, s and z.
    """
    times = noising.T * (1.0 - np.arange(n + 1) / n)
    m, sigma = noising.mean_factor(times), noising.sigma(times)
    ratio = m[:-1] / m[1:]  # m_t/m_s
    added = np.maximum(sigma[:-1] ** 2 - (ratio * sigma[1:]) ** 2, 0.0)
    v = eta**2 * added * sigma[1:] ** 2 / sigma[:-1] ** 2
    push = sigma[:-1] ** 2 / ratio - np.sqrt(np.maximum(sigma[1:] ** 2 - v, 0.0)) * sigma[:-1]
    return Moves(1.0 / ratio, push, np.sqrt(v), sigma[:-1] / m[:-1], 1.0 / m[:-1])


def _by_scheme(
    target: Any,
    noising: Noising,
    x: NDArray[np.float64],
    n: int,
    scheme: Method,
    key: int,
    how: dict[str, Any],
) -> NDArray[np.float64]:
    """Any scheme for additive noise, in the lanes."""
    d, h = x.shape[1], noising.T / n
    made = {
        "drift": _drift(*noising.functions),
        "diffusion": _diffusion(noising.functions[3]),
        "diffusion_dx": _no_slope,
    }
    names = set(scheme.drivers)
    layout = Layout(d, False, "I10" in names, False, False, 1 if "rest" in names else 0)
    steps = np.full(n, h)
    noise: Any = KeyedNoise(key, steps, d)
    source = noise if layout.rows == layout.size else Driven(noise, layout, key, steps)
    args = (noising.T, noising.parameters, *target.in_lanes(float(noising.sigma(0.0))))
    step = Step(
        function=scheme.step,
        functions=tuple((made[name], "lanes") for name in scheme.functions),
        drivers=scheme.drivers,
        reading=scheme.calculus == "any",
    )
    job = March(
        step=step,
        noise=source,
        paths=len(x),
        dim=d,
        kept=d,
        times=noising.T * np.arange(n + 1) / n,
        steps=steps,
        starts=x,
        keep=np.array([n]),
        args=args,
        layout=layout,
    )
    rows, state = runner.run(job, **how)
    runner.warn_nonfinite(state, len(x), "points", "use more steps")
    assert rows is not None
    return rows


def _drift(mean_factor: Any, sigma: Any, rate: Any, amplitude: Any) -> Any:
    def drift(
        u: float,
        y: Any,
        T: float,
        parameters: Any,
        weights: Any,
        means: Any,
        axes: Any,
        spectra: Any,
    ) -> Any:
        t = max(T - u, 0.0)
        m, g = mean_factor(t, *parameters), amplitude(t, *parameters)
        s = mixture_score(sigma(t, *parameters) / m, (1.0 / m) * y, weights, means, axes, spectra)
        return rate(t, *parameters) * y + (g * g / m) * s

    return drift


def _diffusion(amplitude: Any) -> Any:
    def diffusion(
        u: float,
        y: Any,
        T: float,
        parameters: Any,
        weights: Any,
        means: Any,
        axes: Any,
        spectra: Any,
    ) -> Any:
        return 0.0 * y + amplitude(max(T - u, 0.0), *parameters)

    return diffusion


def _no_slope(
    u: float, y: Any, T: float, parameters: Any, weights: Any, means: Any, axes: Any, spectra: Any
) -> Any:
    return 0.0 * y
