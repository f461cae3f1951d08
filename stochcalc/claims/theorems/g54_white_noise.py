"""G54: white noise is flat; a path of Brownian motion falls like 2 T/omega^2, not like T/omega^2.

On n equal steps h = T/n, the discrete Fourier transforms of the increments and of the path are

    D_j = sum_k dW_k w^k,   F_j = h sum_k W_k w^k,   w = exp(-2 pi i j/n),  k = 0, ..., n - 1

The noise. The increments are independent with variance h, so that in the mean of |D_j|^2 all cross
terms vanish, and what is left is

    E |D_j|^2 = sum_k h |w^k|^2 = T   at every frequency j and every n

All frequencies are equally strong, as in white light. More is true. For j != l

    E D_j D_l* = h sum_k exp(-2 pi i (j - l) k/n) = 0

so that different frequencies are uncorrelated. For 0 < j < n/2 also E D_j^2 = 0: the real and the
imaginary part are independent normals of variance T/2, and |D_j|^2/T is exponential,

    P(|D_j|^2 > T) = 1/e,   Var |D_j|^2 = T^2   at every n

So one path does not tell its spectrum: a finer grid adds frequencies, and makes none more precise.

The path. From W_(k+1) - W_k = dW_k, and w^n = 1, summation by parts gives

    D_j = (1/w - 1) sum_k W_k w^k + W_n/w

Here W_n = D_0, which is independent of D_j, and of the same mean square T. With
|1/w - 1|^2 = 4 sin^2(pi j/n),

    E |F_j|^2 = h^2 2 T/(4 sin^2(pi j/n)) = h^2 T/(2 sin^2(pi j/n)) -> 2 T/omega^2

with omega = 2 pi j/T. A derivative multiplies a Fourier transform by i omega, and from the flat T
one would expect T/omega^2. This is only half of it. A Fourier series takes the path for a periodic
one, which jumps from W_T back to 0 at the end, and the jump has a spectrum like 1/omega^2 as well.
A bridge has no jump, and has T/omega^2.

The law of |F_j|^2 is not exponential. Turn the plane so that the jump is real: then F_j is, up to a
factor, (u - g, v) with u, v of variance T/2 and g of variance T, all independent normals. So
|F_j|^2 is 3 T/2 and T/2 times squares of standard normals, and

    Var |F_j|^2/(E |F_j|^2)^2 = 2 ((3/2)^2 + (1/2)^2)/2^2 = 5/4

At frequencies that are not small beside n the sine differs from its argument, since the grid takes
faster oscillations for slower ones: at j = n/4 by the factor (pi/4)^2/sin^2(pi/4) = pi^2/8.

The numbers are for T = 2 and n = 64.

Source: N. Wiener, Acta Math. 55 (1930) 117, for the spectrum of a random function; A. Schuster,
Terr. Magn. 3 (1898) 13, for the exponential law; D. Krapf, E. Marinari, R. Metzler et al., New J.
Phys. 20 (2018) 023029, for one path.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes

END = 2.0  # T
STEPS = 64
LOW = 1
HIGH = STEPS // 4
TOP = STEPS // 2


def path_power(j: Array | int, n: int = STEPS, *, jump: bool = True) -> Array:
    """Return E |F_j|^2, with or without what the jump from W_T to 0 adds."""
    share = 2.0 if jump else 1.0
    sine = np.sin(math.pi * np.asarray(j) / n)
    power: Array = share * END * (END / n) ** 2 / (4.0 * sine**2)
    return power


def limit_of_path(j: Array | int) -> Array:
    """Return the limit 2 T/omega^2 of E |F_j|^2 for short steps."""
    omega = 2.0 * math.pi * np.asarray(j) / END
    power: Array = 2.0 * END / omega**2
    return power


def noise_spectrum(w: Array) -> Array:
    """Return |D_j|^2 for j = 0, ..., n/2, of paths of shape (paths, n + 1)."""
    power: Array = np.square(np.abs(np.fft.rfft(np.diff(w, axis=1), axis=1)))
    return power


def path_spectrum(w: Array) -> Array:
    """Return |F_j|^2 for j = 0, ..., n/2, of paths of shape (paths, n + 1)."""
    h = END / (w.shape[1] - 1)
    power: Array = np.square(h * np.abs(np.fft.rfft(w[:, :-1], axis=1)))
    return power


def observe(w: Array) -> tuple[Array, ...]:
    """Return |D_j|^2 at the lowest and the top frequency, whether the first exceeds T, and F's."""
    noise = noise_spectrum(w)
    path = path_spectrum(w)
    above = (noise[:, LOW] > END).astype(float)
    return noise[:, LOW], noise[:, TOP], above, path[:, LOW], path[:, HIGH]


@claim(
    "G54",
    chapter="motion",
    title="White noise is flat: E |DFT of dW|^2 = T; that of a path falls like 2 T/omega^2",
    formula=r"E \Bigl|\sum_k \Delta W_k \, e^{-2 \pi i j k/n}\Bigr|^2 = T, \qquad"
    r" E \Bigl|h \sum_k W_k \, e^{-2 \pi i j k/n}\Bigr|^2 = \frac{h^2 T}{2 \sin^2(\pi j/n)}",
    sources=("wiener1930", "schuster1898", "krapf2018"),
)
def white_noise(run: Run) -> Iterator[Row | str]:
    """Measure the spectra of increments and of paths, at low and at high frequencies."""
    found = run.expectation(observe, run.brownian(STEPS, END))
    yield Row(
        statement=f"E |D_j|^2, j = {LOW}, n = {STEPS}",
        exact=END,
        measured=found[0].estimate(),
        twin=END / STEPS,
        twin_statement="T/n: the noise is shared out among n frequencies",
        limit=END,
    )
    yield Row(
        statement=f"E |D_j|^2, j = n/2, n = {STEPS}",
        exact=END,
        measured=found[1].estimate(),
        twin=END * (2.0 / math.pi) ** 2,
        twin_statement="T (2/pi)^2: a grid weakens what is fast",
        limit=END,
    )
    yield Row(
        statement=f"P(|D_j|^2 > T), j = {LOW}",
        exact=math.exp(-1.0),
        measured=found[2].estimate(),
        twin=math.erfc(math.sqrt(0.5)),
        twin_statement="P(Z^2 > 1): one normal instead of two",
        limit=math.exp(-1.0),
    )
    yield Row(
        statement=f"Var |D_j|^2, j = {LOW}, n = {STEPS}",
        exact=END**2,
        measured=found[0].variance(),
        twin=2.0 * END**2 / STEPS,
        twin_statement="2 T^2/n, that of a sum of n squares: no cross terms",
        limit=END**2,
    )
    yield Row(
        statement=f"E |F_j|^2, j = {LOW}, n = {STEPS}",
        exact=float(path_power(LOW)),
        measured=found[3].estimate(),
        twin=float(path_power(LOW, jump=False)),
        twin_statement="T/omega^2: the jump from W_T to 0 forgotten",
        limit=float(limit_of_path(LOW)),
    )
    yield Row(
        statement=f"E |F_j|^2, j = n/4, n = {STEPS}",
        exact=float(path_power(HIGH)),
        measured=found[4].estimate(),
        twin=float(limit_of_path(HIGH)),
        twin_statement="2 T/omega^2, as if the grid were fine",
    )
    yield Row(
        statement=f"Var |F_j|^2/(E |F_j|^2)^2, j = {LOW}, n = {STEPS}",
        exact=1.25,
        measured=divide(found[3].variance(), float(path_power(LOW)) ** 2),
        twin=1.0,
        twin_statement="1: exponential, like the noise",
        limit=1.25,
    )


def divide(estimate: Estimate, by: float) -> Estimate:
    """Return an estimate over a number that is known."""
    return Estimate.normal(float(estimate.value) / by, float(estimate.stderr) / by)


@white_noise.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the spectra of noise, path and bridge by frequency, beside the law at one frequency."""
    from stochcalc.plot import panels

    left, right = panels(ax, 2, "White noise is flat, a Brownian path falls like 2T/ω$^2$")
    draw_spectra(left, run)
    draw_laws(right, run)
    return ax


def observe_spectra(w: Array, shown: Array) -> Array:
    """Return |D_j|^2 and |F_j|^2 of paths, and |F_j|^2 of their bridges, at some frequencies."""
    n = w.shape[1] - 1
    bridge = w - w[:, -1:] * np.arange(n + 1) / n
    parts = noise_spectrum(w), path_spectrum(w), path_spectrum(bridge)
    return np.concatenate([part[:, shown] for part in parts], axis=1)


def draw_spectra(ax: Axes, run: Run) -> None:
    """Draw E |D_j|^2, and E |F_j|^2 of paths and of bridges, by the frequency."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    shown = np.array([1, 2, 4, 8, 16, 31])
    look = functools.partial(observe_spectra, shown=shown)
    found = run.expectation(look, run.brownian(STEPS, END, paths=20_000))
    every = np.linspace(1.0, TOP - 1.0, 121)
    exact = (np.full(len(every), END), path_power(every), path_power(every, jump=False))
    names = ("noise: T", "path", "bridge")
    for i, (name, power) in enumerate(zip(names, exact)):
        own = [found[i * len(shown) + k].estimate() for k in range(len(shown))]
        points(ax, 2.0 * math.pi * shown / END, own, "", i)
        curve(ax, 2.0 * math.pi * every / END, power, name, i)
    omega = 2.0 * math.pi * every / END
    curve(ax, omega, limit_of_path(every), "2T/ω$^2$", 3)
    tell_points_from_lines(ax)
    ax.set(xscale="log", yscale="log", xlabel="frequency ω", ylabel="mean of |DFT|$^2$")
    ax.set(ylim=(2e-4, 1e3))
    ax.legend(loc="upper right", ncols=2)


def count_above(w: Array, levels: tuple[float, ...]) -> Array:
    """Return whether |D_1|^2 and |F_1|^2 exceed multiples of their means."""
    noise = noise_spectrum(w)[:, LOW, None] / END
    path = path_spectrum(w)[:, LOW, None] / float(path_power(LOW))
    return np.concatenate([noise > levels, path > levels], axis=1).astype(float)


def path_tail(x: Array) -> Array:
    """Return P(|F_j|^2 > x E |F_j|^2): the squares of two normals, of variances 3/4 and 1/4.

    In polar coordinates it is the mean of exp(-x/(2 s)) over the angles, where
    1/s = cos^2/(3/4) + sin^2/(1/4), with the density 1/(2 pi sqrt(3/16) (1/s)) of the angle.
    """
    angle = 2.0 * math.pi * (np.arange(256) + 0.5) / 256
    rate = np.cos(angle) ** 2 / 0.75 + np.sin(angle) ** 2 / 0.25
    tail: Array = np.mean(np.exp(-0.5 * np.outer(x, rate)) / (math.sqrt(3.0 / 16.0) * rate), axis=1)
    return tail


def draw_laws(ax: Axes, run: Run) -> None:
    """Draw the distribution of |D_1|^2 and of |F_1|^2 over their means."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    levels = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
    paths = 50_000
    look = functools.partial(count_above, levels=levels)
    found = run.expectation(look, run.brownian(STEPS, END, paths=paths))
    x = np.linspace(0.0, 5.5, 111)
    for i, (name, tail) in enumerate((("noise: e$^{-x}$", np.exp(-x)), ("path", path_tail(x)))):
        own = [found[i * len(levels) + k].estimate() for k in range(len(levels))]
        points(ax, levels, own, "", i)
        curve(ax, x, tail, name, i)
    tell_points_from_lines(ax)
    ax.set(yscale="log", xlabel="x", ylabel="P(|DFT|$^2$ > x times its mean), j = 1")
    ax.legend(loc="upper right")
