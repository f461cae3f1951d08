r"""Fractional Brownian motion on equal steps, by the method of Davies and Harte.

Fractional Brownian motion of Hurst index H is the normal process from 0 with

    E (B_t - B_s)^2 = |t - s|^(2 H)

Its increments over equal steps of length h are stationary, with the covariance of two that lie j
steps apart

    c_j = (h^(2 H)/2) (|j + 1|^(2 H) - 2 |j|^(2 H) + |j - 1|^(2 H))

Put c_0, ..., c_n, c_(n-1), ..., c_1 on a circle of 2 n places. The matrix of such a circle is
diagonal in the Fourier basis, and its eigenvalues g_0, ..., g_(2n-1) are the Fourier transform of
the row. They are not negative for any H in (0, 1) (Craigmile), so that the circle is a covariance
and has a square root. With complex normals v of E |v_k|^2 = 1 and v_(2n-k) the conjugate of v_k,

    the Fourier transform of sqrt(g_k/(2 n)) v_k

is real and has the covariance of the circle; n neighbours on it are the increments. This is exact,
and takes 2 n normals and one fast Fourier transform for a path.

Source: R. B. Davies and D. S. Harte, Biometrika 74 (1987) 95; P. F. Craigmile, J. Time Series
Analysis 24 (2003) 505.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.job import Job
from stochcalc.engine.random.circles import add_up, write_spectrum
from stochcalc.engine.random.philox import INDICES, check_index
from stochcalc.engine.statistics import LANES
from stochcalc.motion.processes.making import choose_key, finish, read_grid
from stochcalc.motion.processes.process import Process
from stochcalc.motion.processes.values_job import ValuesJob
from stochcalc.typing import Array, Executor, Key, Progress, Seed, Workers

STRIP = 1 << 15  # numbers of the paths that are drawn together: they stay in the cache


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FractionalPaths(Process):
    """Paths of fractional Brownian motion, from 0; `fractional_brownian` makes them.

    Attributes
    ----------
    H : float
        The Hurst index: 1/2 for Brownian motion, more for smoother paths.
    """

    H: float

    @property
    def called(self) -> str:
        """What the process is called, with its parameters."""
        return f"H={self.H:g}"

    @cached_property
    def roots(self) -> Array:
        """The roots sqrt(g_k/(2 n)) for k = 0, ..., n, of which the others are mirror images."""
        return circle_roots(self.H, self.partition.n, self.partition.mesh)

    def prepare(self) -> None:
        """Compile the loops, and find the roots."""
        write_spectrum()
        add_up()
        _ = self.roots

    def write_values(self, first: int, last: int, rows: Array, stop: NDArray[np.uint8]) -> None:
        """Write the values of paths first .. last - 1 to rows, shape (last - first, n + 1)."""
        sum_rows = add_up()
        for low, increments in self._draw_strips(first, last):
            if stop[0]:
                return
            sum_rows(increments, rows[low - first : low - first + len(increments)])

    def _job(self, paths: int) -> Job:
        return ValuesJob(self, paths)

    def _count_beside(self, threads: int) -> int:
        n = self.partition.n
        strip = 4 * count_strip(n) * (n + 1)  # the spectrum and the numbers on the circle
        return threads * strip + count_tables(n)

    def _make_increments(self, first: int, last: int) -> Array:
        n = self.partition.n
        made = np.empty((last - first, n))
        for low, increments in self._draw_strips(first, last):
            made[low - first : low - first + len(increments)] = increments[:, :n]
        return made

    def _draw_strips(self, first: int, last: int) -> Iterator[tuple[int, Array]]:
        """Yield the number of the first path of each strip, and what stands on its circles.

        The first n numbers of a row are the increments of a path. The next strip overwrites this
        array.
        """
        n = self.partition.n
        strip = count_strip(n)
        draw_spectrum = write_spectrum()
        spectrum = np.empty((strip, n + 1), complex)
        circle = np.empty((strip, 2 * n))
        for low in range(first, last, strip):
            paths = min(strip, last - low)
            draw_spectrum(self.key, low, self.roots, spectrum.view(float)[:paths])
            # the sum over all 2 n frequencies: the inverse transform would divide by their number
            np.fft.irfft(spectrum[:paths], 2 * n, axis=1, norm="forward", out=circle[:paths])
            yield low, circle[:paths]

    def __getstate__(self) -> dict[str, object]:
        """Return the fields without arrays, which are made again where they are needed."""
        return {name: value for name, value in super().__getstate__().items() if name != "roots"}


def count_strip(n: int) -> int:
    """Return how many paths of n steps are drawn together: as many as stay in the cache."""
    return max(1, min(LANES, STRIP // n))


def count_tables(n: int) -> int:
    """Return about how many numbers the roots and the tables of the Fourier transform have.

    A length with a large prime factor is transformed by way of another length of twice the size or
    more, in complex numbers (L. Bluestein).
    """
    rest = n
    for prime in (2, 3, 5, 7, 11):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        return 6 * n
    return 45 * n


def circle_roots(H: float, n: int, h: float) -> Array:
    """Return sqrt(g_k/(2 n)) for k = 0, ..., n: the roots of the eigenvalues of the circle."""
    with hold_interrupts_back():  # NumPy imports this part late, and half of it is of no use
        from numpy import fft

    j = np.arange(n + 1.0)
    power = 2.0 * H
    covariance = 0.5 * h**power * ((j + 1.0) ** power - 2.0 * j**power + np.abs(j - 1.0) ** power)
    circle = np.concatenate([covariance, covariance[-2:0:-1]])
    eigenvalues = np.maximum(fft.rfft(circle).real, 0.0)  # rounding alone makes one negative
    roots: Array = np.sqrt(eigenvalues / (2 * n))
    return roots


@hint_names
def fractional_brownian(
    H: float,
    T: float = 1.0,
    n: int = 1000,
    *,
    paths: int = 1,
    store: bool = True,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> FractionalPaths:
    r"""Return fractional Brownian motion from 0 on equal steps, exact in law.

    Parameters
    ----------
    H : float
        The Hurst index, between 0 and 1: 1/2 is Brownian motion.
    T : float
        End time; the motion starts at time 0.
    n : int
        Number of equal steps. The method needs equal steps, so there is no `partition`.
    paths, store, rng, key, workers, executor, progress
        As for `brownian`.

    Returns
    -------
    FractionalPaths
        With `.values` of shape (paths, n + 1).

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, an H that is not between 0 and 1, or arrays beyond the
        memory budget.

    Notes
    -----
    The motion is normal with mean 0 and

    .. math:: E\, B_s B_t = \tfrac12 \bigl(s^{2H} + t^{2H} - |t - s|^{2H}\bigr).

    Its quadratic variation on n steps has the mean :math:`n (T/n)^{2H}`, which tends to infinity
    for H < 1/2 and to 0 for H > 1/2. So for H < 1/2 sums at the left
    ends of the steps have no limit, and Euler's scheme for dX = b(X) dB goes astray without a sign:
    give `SDE(..., lam=0.5)` to `solve` with the method "heun", whose sums take both ends.

    All steps of a path are drawn together, from 2 n normals, so
    a motion of H = 1/2 is not that of `brownian` with the same key. The last bits of the values
    belong to NumPy's Fourier transform.

    References
    ----------
    B. B. Mandelbrot and J. W. Van Ness, SIAM Review 10 (1968) 422; R. B. Davies and D. S. Harte,
    Biometrika 74 (1987) 95. [mandelbrotvanness1968] [daviesharte1987]

    Examples
    --------
    >>> B = fractional_brownian(0.25, n=64, paths=3, rng=1)
    >>> B.values.shape
    (3, 65)
    """
    means = runner.check_means(workers, executor, progress)
    H = checks.number("H", H, above=0.0, below=1.0)
    grid, paths = read_grid(T, n, None, paths, store)
    check_index("number of a normal", 2 * grid.n, INDICES)
    motion = FractionalPaths(
        partition=grid, paths=paths, key=choose_key(rng, key), store=store, H=H
    )
    return finish(motion, means)
