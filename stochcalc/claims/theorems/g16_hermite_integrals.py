"""G16: iterated Ito integrals are Hermite polynomials of the path's end.

The iterated integrals of Brownian motion are I_1(t) = W_t and I_k(t) = int_0^t I_{k-1} dW. They are

    I_k(t) = H_k = t^(k/2) He_k(W_t/sqrt(t))/k!,   H_2 = (W^2 - t)/2,   H_3 = (W^3 - 3 t W)/6

where ordinary calculus has W^k/k!, and they are orthogonal: E I_j I_k = 0 for j != k, and
E I_k^2 = t^k/k!.

From here on I_k is the left sum on n equal steps h = T/n, and H_k the integral that it tends to:

    I_k at t_{j+1} = I_k at t_j + (I_{k-1} at t_j) dW_j

every product of k different increments occurs once in I_k: it is their elementary symmetric
polynomial of degree k. There are C(n, k) such products, of mean square h^k, and two different ones
are uncorrelated:

    E I_j I_k = 0 for j != k,   E I_k^2 = C(n, k) h^k

so that E I_2^2 = T^2 (1 - 1/n)/2 and E I_1 I_3 = 0.

Distance of I_2. Let Q = sum dW^2. In W^2 = (sum dW)^2 every product of two different increments
occurs twice, so I_2 = (W^2 - Q)/2. With the variance 2 T h of Q (claim G03),

    I_2 - H_2 = (T - Q)/2,   E (I_2 - H_2)^2 = 2 T h/4 = T h/2

The twin says that I_2 is W^2/2: the mean square of that difference is E Q^2/4 = (T^2 + 2 T h)/4.

Distance of I_3. Let P = sum dW^3. Newton's identity is 6 I_3 = W^3 - 3 W Q + 2 P, so that

    I_3 - H_3 = -W V/2 + P/3,   V = Q - T = sum (dW^2 - h)

Three means are needed. A product has a mean other than 0 only if every increment occurs in it with
an even power, and no factor dW_k^2 - h is alone with its increment. With d = dW_k this leaves

    E W^2 V^2 = n (n - 1) h 2 h^2 + n E d^2 (d^2 - h)^2 = n (n - 1) 2 h^3 + 10 n h^3
    E W V P = n E d^4 (d^2 - h) = n (15 - 3) h^3
    E P^2 = n E d^6 = 15 n h^3

since E d^4 = 3 h^2 and E d^6 = 15 h^3. Together, and with n h = T,

    E (I_3 - H_3)^2 = (2 n^2 + 8 n) h^3/4 - 12 n h^3/3 + 15 n h^3/9 = T^2 h/2 - T h^2/3

Source: K. Ito, J. Math. Soc. Japan 3 (1951) 157; L. C. Evans, An Introduction to Stochastic
Differential Equations (2013), section 4.3 (Hermite polynomials).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.integrals.iterated import hermite, iterated_integrals
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Axes

STEPS = 64


def integrate_left(f: Array, w: Array) -> Array:
    """Return the left sums of f dw up to every time, for values f and w (paths, times)."""
    sums = np.zeros_like(w)
    np.cumsum(f[:, :-1] * np.diff(w, axis=1), axis=1, out=sums[:, 1:])
    return sums


def observe_integrals(w: Array) -> tuple[Array, ...]:
    """Return (I_2 - H_2)^2, (I_3 - H_3)^2, I_2^2 and I_1 I_3 at T = 1."""
    second = integrate_left(w, w)
    third = integrate_left(second, w)
    I_1 = w[:, -1]
    I_2 = second[:, -1]
    I_3 = third[:, -1]
    return (
        (I_2 - hermite(2, 1.0, I_1)) ** 2,
        (I_3 - hermite(3, 1.0, I_1)) ** 2,
        I_2 * I_2,
        I_1 * I_3,
    )


@claim(
    "G16",
    chapter="integrals",
    title="Iterated integrals are Hermite polynomials of W_t, orthogonal, with E I_k^2 = t^k/k!",
    formula=r"I_k(t) = \int_0^t I_{k-1} \, \mathrm{d}W = \frac{t^{k/2}}{k!}"
    r" \, \mathrm{He}_k \Bigl( \frac{W_t}{\sqrt t} \Bigr), \qquad"
    r" E \, I_j I_k = \delta_{jk} \frac{t^k}{k!}",
    sources=("ito1951b", "evans2013"),
)
def hermite_integrals(run: Run) -> Iterator[Row | str]:
    """Measure the distances of I_2 and I_3 from the polynomials, E I_2^2, and E I_1 I_3."""
    h = 1.0 / STEPS
    W = run.brownian(STEPS)
    moments = run.expectation(observe_integrals, W)
    yield Row(
        statement=f"E (I_2 - (W^2 - T)/2)^2, n = {STEPS}",
        exact=h / 2,
        measured=moments[0].estimate(),
        twin=(1 + 2 * h) / 4,
        twin_statement="I_2 = W^2/2",
        limit=0.0,
    )
    yield Row(
        statement=f"E (I_3 - (W^3 - 3TW)/6)^2, n = {STEPS}",
        exact=h / 2 - h * h / 3,
        measured=moments[1].estimate(),
        twin=h,
        twin_statement="T h, twice the value",
        limit=0.0,
    )
    yield Row(
        statement=f"E I_2^2, n = {STEPS}",
        exact=math.comb(STEPS, 2) * h**2,
        measured=moments[2].estimate(),
        twin=1.0,
        twin_statement="T^2, without the factor 1/2",
        limit=0.5,
    )
    yield Row(
        statement=f"E I_1 I_3, n = {STEPS}",
        exact=0.0,
        measured=moments[3].estimate(),
        twin=0.5,
        twin_statement="1/2, as for W and W^3/6",
        limit=0.0,
    )


@hermite_integrals.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw I_2 and I_3 against the path's end, on their Hermite polynomials, for two n."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Iterated integrals tend to Hermite polynomials of the path's end, here at T = 1"
    )
    W = run.brownian(256, paths=1500, store=True)
    draw_integral(left, W, 2, "(w$^2$ − T)/2")
    draw_integral(right, W, 3, "(w$^3$ − 3Tw)/6")
    return ax


def draw_integral(ax: Axes, W: BrownianPaths, k: int, formula: str) -> None:
    """Draw I_k of each path against W_T, and its Hermite polynomial."""
    from stochcalc.plot import curve

    end = W.values[:, -1]
    x = np.linspace(end.min(), end.max(), 200)
    for n, colour in ((16, "C2"), (256, "C0")):
        integrals = iterated_integrals(W.coarsen(256 // n), k)
        ax.plot(
            end,
            integrals[:, k - 1],
            ls="",
            marker="o",
            ms=2.5,
            alpha=0.4,
            color=colour,
            label=f"left sums, n = {n}",
        )
    curve(ax, x, hermite(k, 1.0, x), formula, 1, lw=2.0)
    ax.set(xlabel="$W_T$", ylabel=f"I$_{k}$")
    ax.legend()
