"""Broken schemes: on equations whose schemes have moments that can be written down.

On dX = mu X dt + sigma X dW a step multiplies X by a polynomial of one normal, so that the moments
after n steps are n-th powers. Schemes with many stages are compared with a second writing of their
formula, with the coefficients of the paper."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect
from evidence import assert_mean

import stochcalc as sc

MU, SIGMA, N = 0.3, 0.8, 4
H = 1.0 / N
PATHS = 1 << 20


def drift(t, x, mu, sigma):
    return mu * x


def diffusion(t, x, mu, sigma):
    return sigma * x


def slope(t, x, mu, sigma):
    return sigma + 0.0 * x


def ends(seed, method, lam=0.0, paths=PATHS):
    """The moments of X and of X^2 at T = 1 of the scheme on the linear equation."""
    sde = sc.SDE(drift, diffusion, lam=lam, args=(MU, SIGMA), diffusion_dx=slope)
    found = sc.solve(sde, 1.0, 1.0, n=N, paths=paths, method=method, save="last", rng=seed)
    return found.x[:, 0]


def check_euler(seed):
    """Euler-Maruyama multiplies the mean by 1 + mu h and the mean square by that^2 + sigma^2 h."""
    x = ends(seed, "euler_maruyama")
    growth = 1.0 + MU * H
    due = [growth**N, (growth**2 + SIGMA**2 * H) ** N]
    assert_mean(np.stack([x, x**2], axis=1), due, sigmas=SIGMAS)


def check_time_of_euler(seed):
    """With the noise 1 + 3t, Euler-Maruyama has the variance sum (1 + 3 t_k)^2 h at T = 1."""
    sde = sc.SDE(lambda t, x: 0.0 * x, lambda t, x: 1.0 + 3.0 * t + 0.0 * x)
    x = sc.solve(sde, 0.0, 1.0, n=N, paths=1 << 14, save="last", rng=seed).x[:, 0]
    due = sum((1.0 + 3.0 * k * H) ** 2 * H for k in range(N))
    assert_mean(x**2, due, sigmas=SIGMAS)


def check_milstein(seed):
    """Milstein has Euler's mean; its mean square grows by sigma^4 h^2/2 more in each step."""
    x = ends(seed, "milstein")
    growth = 1.0 + MU * H
    due = [growth**N, (growth**2 + SIGMA**2 * H + 0.5 * SIGMA**4 * H**2) ** N]
    assert_mean(np.stack([x, x**2], axis=1), due, sigmas=SIGMAS)


def check_milstein_without_derivative(seed):
    """The same with the difference b(x + a h + b sqrt(h)) - b(x) for the derivative."""
    x = ends(seed, "milstein_free")
    growth = 1.0 + MU * H
    reach = SIGMA * (MU * H + SIGMA * math.sqrt(H))
    due = [growth**N, (growth**2 + SIGMA**2 * H + 0.5 * reach**2 * H) ** N]
    assert_mean(np.stack([x, x**2], axis=1), due, sigmas=SIGMAS)


def check_heun(seed):
    """Heun's mean grows by 1 + mu h + (mu h)^2/2 + sigma^2 h/2 in a step: Stratonovich's."""
    due = (1.0 + MU * H + 0.5 * (MU * H) ** 2 + 0.5 * SIGMA**2 * H) ** N
    assert_mean(ends(seed, "heun", lam=0.5), due, sigmas=SIGMAS)


def check_heun_on_ito(seed):
    """Read as Ito's, the same equation has for Heun the drift mu - sigma^2/2."""
    a = MU - 0.5 * SIGMA**2
    due = (1.0 + a * H + 0.5 * (a * H) ** 2 + 0.5 * SIGMA**2 * H) ** N
    assert_mean(ends(seed, "heun", lam=0.0), due, sigmas=SIGMAS)


def check_lambda_euler(seed):
    """At lambda = 1/4 the mean of lambda-Euler grows by 1 + mu h + sigma^2 h/4 in a step."""
    due = (1.0 + MU * H + 0.25 * SIGMA**2 * H) ** N
    assert_mean(ends(seed, "lambda_euler", lam=0.25), due, sigmas=SIGMAS)


def check_theta(seed):
    """Drift-implicit Euler on dX = -2X dt + dW divides by 1 + 2h: both moments by recursion."""
    sde = sc.SDE(lambda t, x: -2.0 * x, lambda t, x: 1.0 + 0.0 * x, drift_dx=lambda t, x: -2.0)
    x = sc.solve(sde, 1.0, 1.0, n=N, paths=1 << 14, method="theta", save="last", rng=seed).x[:, 0]
    mean, square = 1.0, 1.0
    for _ in range(N):
        mean = mean / (1.0 + 2.0 * H)
        square = (square + H) / (1.0 + 2.0 * H) ** 2
    assert_mean(np.stack([x, x**2], axis=1), [mean, square], sigmas=SIGMAS)


DEFECTS = (
    Defect(
        name="order of the arguments",
        what="The drift gets the parameters of the equation in the opposite order.",
        file="methods/euler_maruyama.py",
        old="x + a(t, x, *args) * dt",
        new="x + a(t, x, args[1], args[0]) * dt",
        check=check_euler,
        by="law",
    ),
    Defect(
        name="root of dt in the drift",
        what="The drift is multiplied by sqrt(dt) instead of by dt.",
        file="methods/euler_maruyama.py",
        old="x + a(t, x, *args) * dt",
        new="x + a(t, x, *args) * dt**0.5",
        check=check_euler,
        by="law",
    ),
    Defect(
        name="time at the end of the step",
        what="The noise is evaluated at the end of the step, which is not Ito's.",
        file="methods/euler_maruyama.py",
        old="b(t, x, *args) * dW",
        new="b(t + dt, x, *args) * dW",
        check=check_time_of_euler,
        by="law",
    ),
    Defect(
        name="one half in Milstein's term",
        what="The double integral of a noise with itself is dW^2 - dt instead of half of that.",
        file="engine/registers/linear.py",
        old="    return lambda dW, A, dt, lam=0.0: 0.5 * (dW",
        new="    return lambda dW, A, dt, lam=0.0: 1.0 * (dW",
        check=check_milstein,
        by="law",
    ),
    Defect(
        name="Ito's correction in Milstein's term",
        what="The double integral is dW^2/2, which is Stratonovich's, for every reading.",
        file="engine/registers/linear.py",
        old="    return lambda dW, A, dt, lam=0.0: 0.5 * (dW * dW - (1.0 - 2.0 * lam) * dt)",
        new="    return lambda dW, A, dt, lam=0.0: 0.5 * (dW * dW - 0.0 * dt)",
        check=check_milstein,
        by="law",
    ),
    Defect(
        name="width of a difference",
        what="The difference that replaces the derivative is divided by half its width.",
        file="methods/milstein_free.py",
        old="/ (2.0 * root)",
        new="/ root",
        check=check_milstein_without_derivative,
        by="law",
    ),
    Defect(
        name="Heun without its corrector",
        what="The noise of Heun is evaluated at the start of the step alone.",
        file="methods/heun.py",
        old="0.5 * (b0 + b(t + dt, guess, *args)) * dW",
        new="b0 * dW",
        check=check_heun,
        by="law",
    ),
    Defect(
        name="Stratonovich taken for Ito",
        what="Heun declares that it reads equations as Ito's, and the drift is changed for it.",
        file="methods/heun.py",
        old="    calculus=0.5,",
        new="    calculus=0.0,",
        check=check_heun,
        by="law",
    ),
    Defect(
        name="correction between readings missing",
        what="An equation that is read anew keeps its drift.",
        file="sde.py",
        old="shift = self.lam - lam",
        new="shift = 0.0 * (self.lam - lam)",
        check=check_heun_on_ito,
        by="law",
    ),
    Defect(
        name="sign of the correction between readings",
        what="The correction of the drift has the opposite sign.",
        file="sde.py",
        old="shift = self.lam - lam",
        new="shift = lam - self.lam",
        check=check_heun_on_ito,
        by="law",
    ),
    Defect(
        name="lambda-Euler at 1 - lambda",
        what="Lambda-Euler weighs the noise at the start with lambda.",
        file="methods/lambda_euler.py",
        old="(1.0 - lam) * noise + lam * (b(t + dt, guess, *args) * dW)",
        new="lam * noise + (1.0 - lam) * (b(t + dt, guess, *args) * dW)",
        check=check_lambda_euler,
        by="law",
    ),
    Defect(
        name="implicit share of the drift",
        what="The part of the drift at the end of the step counts half.",
        file="methods/theta.py",
        old="share = theta * dt",
        new="share = 0.5 * theta * dt",
        check=check_theta,
        by="law",
    ),
)
