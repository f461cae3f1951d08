"""Brownian paths, stored or streamed: the record that all other chapters take.

Between grid points the path is a Brownian bridge that is determined by the key as well (see
`BrownianPaths.at`): refining, coarsening, taking a component and asking for a time never change it,
in whatever order they come.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from stochcalc.display.description import Description, Displayed
from stochcalc.engine import checks, memory
from stochcalc.engine.words import show
from stochcalc.motion import pieces
from stochcalc.motion.partition import Partition
from stochcalc.motion.path_numbers import PathNumbers
from stochcalc.motion.shown_motion import describe_motion
from stochcalc.typing import Array, Axes


@dataclass(frozen=True, eq=False, repr=False)
class BrownianPaths(Displayed, PathNumbers):
    """Brownian paths on a partition, stored or streamed; `brownian` makes them.

    `W[i]` is component i, and `for w in W` goes through them; a path is a row of `W.values`.

    Attributes
    ----------
    partition : Partition
        The grid; `.t` are its points, shape (n + 1,).
    paths, dim : int
        Number of independent paths, number of components.
    key : int or None
        The integer that determines the whole sample: `brownian(..., key=W.key)` gives the same
        paths again. It is None for paths that were given by their increments.
    store : bool
        Whether the arrays `values` and `increments` may be made; a streamed motion refuses them.
    factor : ndarray, shape (dim, dim), or None
        The lower Cholesky factor of the correlation matrix; None for independent components.
    workers : int or None
        Number of threads; None for all CPUs.
    parent : BrownianPaths or None
        The paths that these refine, coarsen or reverse, or of which they are one component; None
        for paths that were drawn on their grid.
    joined : int
        How many steps of the parent make one step; 0 for paths that are not coarsened.
    part : int or None
        Which component of the parent the paths are.
    backwards : bool
        Whether the paths are the parent reversed in time.
    given : ndarray, shape (paths, n, dim), or None
        The increments of `from_increments`.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(T=1.0, n=4, paths=2, rng=7)
    >>> W.coarsen(2).t
    array([0. , 0.5, 1. ])
    >>> bool((W.coarsen(2).values == W.values[:, ::2]).all())
    True
    """

    @cached_property
    def values(self) -> Array:
        """W at the grid times, shape (paths, n + 1[, dim]); it starts at 0.

        Raises
        ------
        ValueError
            If the motion was made with `store=False`, or the array exceeds the memory budget.
        """
        each = pieces.count_for_values(self)
        return self._freeze(pieces.store(self, "values", self._values, self.numbers, each))

    @cached_property
    def increments(self) -> Array:
        """The increments dW_k = W(t_{k+1}) - W(t_k), shape (paths, n[, dim]).

        For drawn paths they are sqrt(dt_k) z_k to the bit.

        Raises
        ------
        ValueError
            If the motion was made with `store=False`, or the array exceeds the memory budget.
        """
        columns = self.partition.n * self.dim
        each = pieces.count_for_increments(self)
        return self._freeze(pieces.store(self, "increments", self._increments, columns, each))

    @classmethod
    def from_increments(cls, increments: ArrayLike, t: ArrayLike | Partition) -> BrownianPaths:
        """Return the paths that have these increments: noise of your own.

        They are the noise of `solve` and the integrator of sums like any other motion. They have no
        key and are not known inside a step: what needs either refuses them.

        Parameters
        ----------
        increments : array_like, shape (paths, n) or (paths, n, dim), or (n,) for one path
            The increments W(t_{k+1}) - W(t_k); their law is taken on trust.
        t : Partition, or array_like of shape (n + 1,)
            The grid times.

        Returns
        -------
        BrownianPaths

        Raises
        ------
        TypeError, ValueError
            For increments that are not finite real numbers, or do not fit the grid.

        Examples
        --------
        >>> W = BrownianPaths.from_increments([[0.5, -0.25, 0.5]], t=[0.0, 1.0, 2.0, 3.0])
        >>> W.values
        array([[0.  , 0.5 , 0.25, 0.75]])
        """
        given = np.atleast_2d(checks.array("increments", increments))
        grid = Partition.of(t)
        if given.ndim > 3 or given.shape[1] != grid.n:
            raise ValueError(
                f"increments has shape {given.shape} and t has {grid.n + 1} times: give (paths, "
                f"{grid.n}) or (paths, {grid.n}, dim), one increment between two times"
            )
        given = given.reshape(len(given), grid.n, -1).copy()
        given.flags.writeable = False
        paths, _, dim = given.shape
        return cls(partition=grid, paths=paths, dim=dim, key=None, store=True, given=given)

    def component(self, i: int) -> BrownianPaths:
        """Return component i: a Brownian motion of one component, the same path.

        A motion of one component is its own component 0.

        Parameters
        ----------
        i : int
            The number of the component, from 0 to dim - 1.

        Returns
        -------
        BrownianPaths
            Its values, its increments and its interior are those of the motion, to the bit.

        Raises
        ------
        TypeError, ValueError
            If there is no such component.

        Examples
        --------
        >>> from stochcalc.motion.brownian import brownian
        >>> W = brownian(n=8, paths=3, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], rng=1)
        >>> bool((W.component(1).values == W.values[..., 1]).all())
        True
        """
        i = checks.integer("i", i, 0)
        if i >= self.dim:
            raise ValueError(
                f"i={show(i)} and W has dim={self.dim}: its components are W[0] to "
                f"W[{self.dim - 1}]; a path is a row of W.values"
            )
        if self.dim == 1:
            return self
        return replace(self._derive(self.partition, 0), dim=1, factor=None, part=i)

    def __getitem__(self, i: int) -> BrownianPaths:
        """Return component i, as `component` does; W[-1] is the last."""
        if isinstance(i, bool) or not hasattr(i, "__index__"):
            raise TypeError(
                f"W[{i!r}] must be one component, W[0]: take times and paths from W.values"
            )
        number = operator.index(i)
        if not -self.dim <= number < self.dim:
            raise IndexError(
                f"W[{number}] and W has dim={self.dim}: its components are W[0] to "
                f"W[{self.dim - 1}]; a path is a row of W.values"
            )
        return self.component(number % self.dim)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return self.dim  # of the components W[0], W[1], ..., which a loop over W meets

    def refine(self, k: int) -> BrownianPaths:
        """Return the same paths on a grid that cuts every step into k equal ones.

        The values at the old grid times stay as they are, to the bit. The new ones are those of the
        bridge inside each step, as `at` gives them. Paths that were given by their increments have
        no such bridge, and refuse k > 1.
        """
        if not self.has_interior and k != 1:
            raise ValueError(
                f"k={k}: this motion was given by its increments, and is not known inside its steps"
            )
        if self.store:
            memory.announce(self.paths * self.numbers * checks.integer("k", k))
        return self._derive(self.partition.refine(k), 0)

    def coarsen(self, k: int) -> BrownianPaths:
        """Return the same paths at every k-th grid time.

        An increment of the new grid is the sum of k increments of the old one, from left to right.
        It is a ValueError if k does not divide n.
        """
        return self._derive(self.partition.coarsen(k), checks.integer("k", k))

    def reversed(self) -> BrownianPaths:
        """Return the motion reversed in time, W_T - W_{T - t}, which is a Brownian motion too.

        Its increments are those of W from the last to the first, and it starts at 0 at the first
        grid time, as W does. It is the motion that drives an equation solved backwards.

        Examples
        --------
        >>> from stochcalc.motion.brownian import brownian
        >>> W = brownian(n=4, paths=2, rng=1)
        >>> bool((W.reversed().increments == W.increments[:, ::-1]).all())
        True
        """
        if self.backwards and isinstance(self.parent, BrownianPaths):
            return self.parent
        return replace(self._derive(self.partition.reversed(), 0), backwards=True)

    def at(self, times: ArrayLike) -> Array:
        """Return W at any times in [t_0, T].

        The values are a pure function of the key, the drawn grid and the time: asking again, or for
        more times, changes nothing.

        Parameters
        ----------
        times : float, or array_like of shape (m,)
            One time or several, in any order.

        Returns
        -------
        ndarray, shape (paths, m[, dim]), or (paths[, dim]) for one number

        Raises
        ------
        ValueError
            If a time lies outside the partition; if it lies inside a step of paths that were given
            by their increments.

        Notes
        -----
        In the middle of an interval of length h the bridge is normal, given its two ends:
        W_mid = (W_left + W_right)/2 + sqrt(h)/2 z. A tree of 24 such halvings inside every step
        leads to any time (`engine.loop.bridge_tree`).
        """
        asked = self.partition.check_inside(times)
        flat = np.atleast_1d(asked)
        rows = pieces.make_at(self, flat, self._at)
        values = rows.reshape(self.paths, len(flat), self.dim)
        if self.dim == 1:
            values = values[..., 0]
        if asked.ndim == 0:
            return values[:, 0]
        return values

    def plot(
        self,
        ax: Axes | None = None,
        *,
        component: int | None = None,
        envelope: bool = True,
        **line: object,
    ) -> Axes:
        """Draw up to 50 paths of one component between -2 sqrt(t) and 2 sqrt(t).

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; new axes by default.
        component : int, optional
            The component that is drawn, 0 by default.
        envelope : bool
            Whether the curves of two standard deviations are drawn.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.
        """
        from stochcalc.plot import plot_brownian

        return plot_brownian(self, ax=ax, component=component, envelope=envelope, **line)

    def _describe(self) -> Description:
        return describe_motion(self)
