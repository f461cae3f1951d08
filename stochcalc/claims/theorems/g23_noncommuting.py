"""G23: noises that do not commute. Without Levy areas the strong order is 1/2, and the error is
known exactly.

On dX_1 = dW_1, dX_2 = X_1 dW_2 one step adds X_1 dW_2 + int (W_1(s) - W_1(t)) dW_2(s) to X_2, and
the integral is dW_1 dW_2/2 + A with Levy's area A, of variance h^2/4 and mean 0 given dW.
Euler-Maruyama leaves the whole integral out, of variance h^2/2: after n steps E |e|^2 = T h/2. Heun
adds (X_1 + dW_1/2) dW_2 and leaves out A alone: E |e|^2 = T h/4. That is E (X_2 | dW), which no
function of the increments beats (Clark and Cameron 1980). With the area, order 1 is back: sri2 is
exact here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.laboratory.declared_orders import PROBLEMS, START
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.models import clark_cameron

T, SHARE = 1.0, {"euler_maruyama": 0.5, "heun": 0.25}  # of T h, in the mean-square error


@claim(
    "G23",
    chapter="schemes",
    title=(
        "Without Levy areas no scheme beats order 1/2: the best has mean-square error T"
        " h/4, Euler T h/2"
    ),
)
def noncommuting(run: Run) -> Finding:
    """Mean-square errors of two schemes at three levels, on the same paths."""
    model, levels = clark_cameron(), (2, 4, 6)
    study = strong_convergence(
        model,
        (0.0, 0.0),
        T,
        methods=tuple(SHARE),
        levels=levels,
        paths=run.paths,
        key=run.key,
        workers=run.workers,
    )
    rows = []
    for name, share in SHARE.items():
        other = 0.75 - share
        for level, rms, se in zip(levels, study.error[name], study.stderr[name]):
            n = 2**level
            exact = share * T * T / n
            twin, wrong = (
                (other * T * T / n, f"T h/{1 / other:g}, as for the other scheme")
                if level < 6
                else (share * T * T / 4 * (4 / n) ** 2, "order 1 from n = 4 on")
            )
            rows.append(
                Row(
                    statement=f"E |X_n - X_T|^2 by {name}, n = {n}",
                    exact=exact,
                    measured=Estimate.normal(rms**2, 2 * rms * se),
                    twin=twin,
                    twin_statement=wrong,
                    paths=run.paths,
                    limit=0.0,
                )
            )
    with_areas = strong_convergence(
        model,
        (0.0, 0.0),
        T,
        methods="sri2",
        levels=(2, 3),
        paths=4096,
        key=run.key,
        reference="sri2",
        finer=3,
        workers=run.workers,
    )
    largest = float(max(with_areas.error["sri2"]))
    remark = (
        f"sri2, which takes the areas, is exact here: its root mean square error is {largest:.1e}, "
        f"rounding"
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, panels, points

        left, right = panels(
            ax, 2, "Noises that do not commute: order 1/2 without Lévy areas, order 1 with them"
        )
        n = 2 ** np.arange(1, 8)
        ours = strong_convergence(
            model,
            (0.0, 0.0),
            T,
            methods=tuple(SHARE),
            levels=range(1, 8),
            paths=20_000,
            key=run.key,
            workers=run.workers,
        )
        for i, (name, share) in enumerate(SHARE.items()):
            points(
                left,
                T / n,
                [Estimate.normal(*pair) for pair in zip(ours.error[name], ours.stderr[name])],
                name,
                i,
            )
            curve(left, T / n, np.sqrt(share * T * T / n), f"√(T h/{1 / share:g}), exact", i)
        left.set(
            xscale="log",
            yscale="log",
            xlabel="step size dt",
            ylabel="RMS error",
            title="$dX_1 = dW_1$, $dX_2 = X_1 dW_2$",
        )
        left.legend()
        problem = PROBLEMS["general"]
        strong_convergence(
            problem.sde,
            START,
            T,
            methods=(*SHARE, "sri2"),
            levels=range(2, 7),
            paths=4096,
            key=run.key,
            reference=problem.reference,
            finer=4,
            workers=run.workers,
        ).plot(right)
        right.set(ylabel="", title="a nonlinear equation; sri2 draws the areas")
        right.set_ylim(bottom=0.4 * right.get_ylim()[0])
        return ax

    return Finding(tuple(rows), draw, (remark,))
