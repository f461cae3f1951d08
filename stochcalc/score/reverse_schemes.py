"""The reverse-time equation of a Gaussian mixture, by any scheme for additive noise.

In u = T - t the equation is dy = [rate y + g^2 s_t(y)] du + g dV, V a Brownian motion of the
reversed time. Its drift and diffusion are
compiled from the functions of the noising and the score of the mixture, and a scheme of `methods`
steps through them. Their args are (T, parameters of the noising, *those of the mixture).
"""

from __future__ import annotations

import numpy as np

from stochcalc.densities.mixture_at_a_state import mixture_score
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.portable import portable
from stochcalc.engine.random.drivers import add_drivers
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.methods import METHODS, Method
from stochcalc.score.noising import Noising, NoisingFunctions
from stochcalc.typing import (
    Array,
    DiffusionFunction,
    DriftFunction,
    Parameters,
    State,
    WithCompiledScore,
)


def list_fitting_schemes() -> list[str]:
    """Return the names of the schemes that fit the reverse-time equation.

    They have a theorem for additive noise, and take neither an exact step nor the derivative of the
    drift. "tamed_euler" is left out: it tames a drift that is right to be large far from the data.
    """
    unknown = {"exact_step", "drift_dx"}
    return [
        name
        for name, method in METHODS.items()
        if "additive" in method.strong_order
        and not unknown & set(method.functions)
        and name != "tamed_euler"
    ]


def run_scheme(
    scheme: Method,
    target: WithCompiledScore,
    noising: Noising,
    x: Array,
    n: int,
    key: int,
    means: runner.Means,
) -> Array:
    """Return points x (points, d) of x_T after n steps of a scheme to t = 0."""
    d = x.shape[1]
    steps = np.full(n, noising.T / n)
    functions = {
        "drift": _drift(noising.functions),
        "diffusion": _diffusion(noising.functions),
        "diffusion_dx": _no_slope,
    }
    layout = Layout.of(scheme.drivers, size=d)
    job = March(
        step=Step(
            function=scheme.step,
            functions=tuple((functions[name], "lanes") for name in scheme.functions),
            drivers=scheme.drivers,
            reading=scheme.calculus == "any",
        ),
        noise=add_drivers(KeyedNoise(key, steps, d), layout, key, steps),
        paths=len(x),
        dim=d,
        kept=d,
        times=noising.T * np.arange(n + 1) / n,
        steps=steps,
        starts=x,
        keep=np.array([n]),
        args=(noising.T, noising.parameters, *target.in_lanes(float(noising.sigma(0.0)))),
        layout=layout,
    )
    return runner.rows_or_warn(job, "points", "use more steps", **means)


@portable
def _drift(functions: NoisingFunctions) -> DriftFunction:
    """Return the drift rate y + g^2 s_t(y), with s_t(y) = s(y/m, sigma/m)/m."""
    mean_factor, sigma, rate, amplitude = functions

    def drift(u: float, y: State, T: float, parameters: Parameters, *mixture: Array) -> State:
        """Return the drift at u = T - t."""
        t = max(T - u, 0.0)
        m = mean_factor(t, *parameters)
        g = amplitude(t, *parameters)
        s = mixture_score(sigma(t, *parameters) / m, (1.0 / m) * y, *mixture)
        return rate(t, *parameters) * y + (g * g / m) * s

    return drift


@portable
def _diffusion(functions: NoisingFunctions) -> DiffusionFunction:
    """Return the diffusion, g for every component."""
    amplitude = functions.amplitude

    def diffusion(u: float, y: State, T: float, parameters: Parameters, *mixture: Array) -> State:
        """Return the diffusion at u = T - t; 0 y gives it the form of the state."""
        return 0.0 * y + amplitude(max(T - u, 0.0), *parameters)

    return diffusion


def _no_slope(u: float, y: State, *args: Array) -> State:
    """Return the derivative of the diffusion, zeros in the form of the state."""
    return 0.0 * y
