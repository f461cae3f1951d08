r"""
White noise is flat, and its path is red
========================================

**Theorem.** Let :math:`\Delta W_k` be the increments of a Brownian motion on :math:`n` equal steps
:math:`h = T/n` of :math:`[0, T]`. Their discrete Fourier transforms, and those of the path, have
the mean squares

.. math::

    E \Bigl|\sum_{k=0}^{n-1} \Delta W_k \, e^{-2 \pi i j k/n}\Bigr|^2 = T, \qquad
    E \Bigl|h \sum_{k=0}^{n-1} W_{t_k} \, e^{-2 \pi i j k/n}\Bigr|^2
    = \frac{h^2 T}{2 \sin^2(\pi j/n)}

for :math:`0 < j < n`. The first is the same at every frequency and for every :math:`n`. The second
tends to :math:`2T/\omega^2` at :math:`\omega = 2 \pi j/T` as :math:`n` grows. For
:math:`0 < j < n/2` the first square over :math:`T` is an exponential variable of mean 1.

Light is white if it has all colours in equal parts, and red if the slow oscillations are the
strongest. In this sense the increments of a Brownian motion are white, and the motion is red.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take paths on :math:`[0, 2]`, and transform their increments. ``np.fft.rfft`` computes the sums
# for :math:`j = 0, \dots, n/2`; the others are their complex conjugates.

T = 2.0
n = 256
W = sc.brownian(T=T, n=n, paths=2_000, rng=7)
noise = np.abs(np.fft.rfft(W.increments, axis=1)) ** 2
path = np.abs(T / n * np.fft.rfft(W.values[:, :-1], axis=1)) ** 2
for j in (1, 16, 64, 127):
    print(f"j = {j:3d}: noise {sc.Estimate.mean(noise[:, j])}, path {sc.Estimate.mean(path[:, j])}")

# %%
# The mean over many paths is flat. A single path is not: its squares scatter around :math:`T` as
# wildly as ever, however fine the grid is.

j = np.arange(1, n // 2)
omega = 2 * math.pi * j / T


def draw_one_and_many(ax):
    ax.plot(omega, noise[0, j], ".", color="C0", alpha=0.6, label="noise, one path")
    ax.plot(omega, path[0, j], ".", color="C1", alpha=0.6, label="path, one path")
    plot.curve(ax, omega, noise[:, j].mean(axis=0), "noise, mean of 2,000", 0)
    plot.curve(ax, omega, path[:, j].mean(axis=0), "path, mean of 2,000", 1)
    ax.set(xscale="log", yscale="log", xlabel="frequency ω", ylabel="|DFT|$^2$", ylim=(1e-8, 1e4))
    ax.set_title("The mean tells the spectrum, and one path does not")
    ax.legend(loc="upper right", ncols=2)


figure = plot.figure(
    draw_one_and_many,
    alt="Squares of Fourier transforms of one path scatter over several powers of ten around the "
    "means of two thousand, which are a flat line for the noise and a falling one for the path.",
)

# %%
# Check it
# --------
# The noise is measured at its lowest and its highest frequency, and so are the law at one
# frequency, and the spectrum of the path.

finding = sc.CLAIMS["G54"].run(paths=300_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# In the first panel the path falls like :math:`2 T/\omega^2`, and a bridge has half of this. The
# points leave the straight line at the highest frequencies, where the grid is too coarse for the
# oscillation. The second panel has the law at :math:`j = 1`: exponential for the noise, and with a
# longer tail for the path.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the spectrum of the noise is flat at T, and those of the path and of "
    "the bridge fall like 1 over the squared frequency, the bridge at half the height; in the "
    "second, the tail of the noise is exponential and that of the path is longer.",
)

# %%
# The wrong twin
# --------------
# *Differentiation multiplies a Fourier transform by* :math:`i \omega`. *The derivative of*
# :math:`W` *is white with the level* :math:`T`, *so the spectrum of* :math:`W` *is*
# :math:`T/\omega^2`. The power of :math:`\omega` is right. For a path on :math:`[0, T]` the factor
# is not:

row = finding.rows[4]
print(f"measured {row.measured}, exact {row.exact:.6f}")
print(f"twin {row.twin:.6f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# *Why is the noise flat?* Multiply the square out. The increments are independent, so the terms
# with two different ones have the mean 0. In the others the phases cancel,
# :math:`|e^{-2 \pi i j k/n}| = 1`, and :math:`n` times :math:`h` is :math:`T`. It is the same
# computation as for the quadratic variation, with phases that make no difference. But without the
# cross terms the *square* would be the quadratic variation, and nearly constant. The cross terms do
# not change the mean, and make all of the scatter.
#
# *Why exponential?* The real and the imaginary part are uncorrelated normals of variance
# :math:`T/2`, so the square of the modulus is :math:`T/2` times a chi-squared variable with two
# degrees of freedom. Different frequencies are uncorrelated, and so independent. A finer grid gives
# more of them, and each is as uncertain as before. To learn a spectrum from one path one has to
# average over frequencies, and to hope that it changes slowly.
#
# *Where does the factor of two come from?* A Fourier series takes what is on :math:`[0, T]` for one
# period, so the path jumps from :math:`W_T` back to 0. Summation by parts shows the jump,
#
# .. math::
#
#     (e^{2 \pi i j/n} - 1) \sum_k W_{t_k} e^{-2 \pi i j k/n}
#     = \sum_k \Delta W_k e^{-2 \pi i j k/n} - e^{2 \pi i j/n} W_T .
#
# On the right both terms have the mean square :math:`T`, and they are independent, because
# :math:`W_T` is the transform of the noise at another frequency, 0. In every textbook of signals
# this is called leakage, and one multiplies by a window to be rid of it. See
# :mod:`stochcalc.claims.theorems.g54_white_noise`.
#
# *And white noise itself?* As :math:`n` grows the level stays, and the number of frequencies grows.
# By Parseval's identity the total power is :math:`\sum (\Delta W_k/h)^2 h`, which is about
# :math:`n`: it tends to infinity. There is no function whose spectrum is flat for ever, and
# :math:`\dd W/\dd t` is none.

# %%
# Exercise
# --------
# 1. Take the straight line from 0 to :math:`W_T` off the path. What is left is a Brownian bridge,
#    and does not jump. Show that its spectrum is that of the twin.
# 2. Average :math:`|D_j|^2` over :math:`j = 1, \dots, 20`. What are the mean and the standard
#    deviation of this, and why?
# 3. Hold each :math:`\Delta W_k/h` for the whole step, and transform the step function that results
#    as an integral. At which frequency is half of the power lost?
#
# .. solution::

# 1. The increments of the bridge are those of W less a constant, whose transform is 0 for j != 0.
#    The jump is 0. So h^2 T/(4 sin^2(pi j/n)) is left.
bridge = W.values - W.values[:, -1:] * W.t / T
power = np.abs(T / n * np.fft.rfft(bridge[:, :-1], axis=1)) ** 2
for k in (1, 16, 64):
    exact = (T / n) ** 2 * T / (4 * math.sin(math.pi * k / n) ** 2)
    found = sc.Estimate.mean(power[:, k])
    print(f"bridge, j = {k}: {found}, exact {exact:.3g}")
    assert abs(found.z(exact)) <= 6

# 2. The mean is T, and the variance T^2/20, since the twenty are independent and exponential.
average = sc.Moments.of(noise[:, 1:21].mean(axis=1))
print(f"mean {average.estimate()}, variance {average.variance()}, exact {T**2 / 20}")
assert abs(average.estimate().z(T)) <= 6
assert abs(average.variance().z(T**2 / 20)) <= 6

# 3. The integral of exp(-i omega s) over a step is h times a phase times sin(u)/u, where u =
#    omega h/2 = pi j/n. The power T (sin(u)/u)^2 is T/2 at u = 1.3916, that is j/n = 0.4429, just
#    below the highest frequency of the grid. Noise that is held is flat up to about 1/h.
u = 1.3915574
assert abs((math.sin(u) / u) ** 2 - 0.5) < 1e-7
print(f"half of the power at j/n = {u / math.pi:.4f}")

# %%
# References
# ----------
# :cite:t:`wiener1930` gave random functions a spectrum, after :cite:t:`schuster1898`, who asked how
# large a square may be by chance. :cite:t:`krapf2018` have the law for one Brownian path. The
# functions here: :func:`stochcalc.brownian`, :class:`stochcalc.Estimate`,
# :class:`stochcalc.Moments`.
