"""A solution as an array, a dictionary and a data frame: what other libraries work with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from stochcalc.display import import_pandas
from stochcalc.engine.statistics import Record, record_of_rows
from stochcalc.moments import Moments
from stochcalc.motion.sampled import PathsOnGrid, find_stop_times
from stochcalc.typing import Array, DataFrame, Number


class SavedPaths:
    """Paths at the saved times, or their moments, which act as their array `x` does.

    `len(sol)` is the number of paths, `sol[i]` path i and `sol[:, -1]` the last states, as NumPy
    indexes `sol.x`.

    Attributes
    ----------
    t : ndarray, shape (times,)
        The saved times.
    x : ndarray, shape (paths, times[, dim]), or None
        The states; None where only moments were kept.
    info : dict
        The sizes of the run: "paths", and "dim", which is 0 for a scalar problem.
    record : ndarray, shape (7, times * dim), or None
        The statistics, where only moments were kept.
    """

    t: Array
    x: Array | None
    info: dict[str, Any]
    record: Record | None

    @property
    def dim(self) -> int:
        """The number of components of a state; 0 for a scalar problem."""
        dim: int = self.info["dim"]
        return dim

    @property
    def paths(self) -> int:
        """The number of paths."""
        paths: int = self.info["paths"]
        return paths

    @cached_property
    def moments(self) -> Moments:
        """The moments over the paths, of shape (times[, dim])."""
        record = self.record
        if record is None:
            assert self.x is not None  # one of the two is kept
            record = record_of_rows(self.x.reshape(len(self.x), -1))
        if self.dim == 0:
            return Moments(record, (len(self.t),))
        return Moments(record, (len(self.t), self.dim))

    @property
    def end(self) -> Array:
        """The last saved state of each path, shape (paths[, dim]).

        It raises ValueError for save="stats", which keeps no path.
        """
        return self.states("end")[:, -1]

    @property
    def mean(self) -> Array:
        """The mean over the paths, shape (times[, dim])."""
        mean: Array = self.moments.mean
        return mean

    @property
    def var(self) -> Array:
        """The variance over the paths, shape (times[, dim])."""
        var: Array = self.moments.var
        return var

    @property
    def stderr(self) -> Array:
        """The standard error of the mean, shape (times[, dim])."""
        stderr: Array = self.moments.stderr
        return stderr

    @property
    def values(self) -> Array:
        """The states of all paths, shape (paths, times[, dim]), as Brownian paths name theirs.

        It is `x`, and raises ValueError for save="stats", which keeps no path.
        """
        return self.states("values")

    def component(self, i: int) -> PathsOnGrid:
        """Return component i of a system, as paths of one component at the saved times.

        Parameters
        ----------
        i : int
            The number of the component, from 0. A scalar problem has component 0 alone.

        Returns
        -------
        PathsOnGrid
            With `.t` of shape (times,) and `.values` of shape (paths, times).

        Raises
        ------
        TypeError, ValueError
            If there is no such component; for save="stats".

        Examples
        --------
        >>> from stochcalc.sde import SDE
        >>> from stochcalc.solver.solve import solve
        >>> circle = SDE(lambda t, x: (-x[1], x[0]), lambda t, x: (0.1, 0.1))
        >>> sol = solve(circle, (1.0, 0.0), 1.0, n=8, paths=3, rng=1)
        >>> bool((sol.component(1).values == sol.x[..., 1]).all())
        True
        """
        return PathsOnGrid(self.t, self.values, find_stop_times(self)).component(i)

    def states(self, use: str) -> Array:
        """Return the states of all paths, or raise a ValueError that says what needs them.

        Parameters
        ----------
        use : str
            What needs the paths, as the subject of the error's sentence.
        """
        if self.x is None:
            raise ValueError(
                f'{use} needs the paths, and save="stats" keeps none: use save="all", save="last" '
                f"or times"
            )
        return self.x

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.array(self.states("np.asarray(solution)"), dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return self.paths

    def __getitem__(self, index: ArrayLike | slice | tuple[ArrayLike | slice, ...]) -> Number:
        array: Any = self.states("solution[...]")
        value: Number = array[index]
        return value

    def __iter__(self) -> Iterator[Array]:
        return iter(self.states("a loop over the paths"))

    def to_dict(self) -> dict[str, Array]:
        """Return the times and what is kept at them, as arrays by name.

        Returns
        -------
        dict of str to ndarray
            "t", shape (times,); and "x", shape (paths, times[, dim]), or for save="stats" "mean",
            "stderr" and "var", shape (times[, dim]).

        Examples
        --------
        >>> import stochcalc as sc
        >>> sol = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=4, paths=3, rng=1)
        >>> {name: array.shape for name, array in sol.to_dict().items()}
        {'t': (5,), 'x': (3, 5)}
        """
        if self.x is not None:
            return {"t": self.t, "x": self.x}
        return {"t": self.t, "mean": self.mean, "stderr": self.stderr, "var": self.var}

    def to_dataframe(self) -> DataFrame:
        """Return a pandas data frame with one row for each saved time.

        Returns
        -------
        pandas.DataFrame
            Its index is t. A scalar problem has one column for each path, 0, 1, ...; a system has
            the columns (path, component). For save="stats" the columns are mean, stderr and var,
            or (mean, component) and so on.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> import stochcalc as sc
        >>> sol = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=4, paths=3, rng=1)
        >>> sol.to_dataframe().shape  # doctest: +SKIP
        (5, 3)
        """
        pandas = import_pandas()
        index = pandas.Index(self.t, name="t")
        if self.x is None:
            groups: dict[Any, Array] = {"mean": self.mean, "stderr": self.stderr, "var": self.var}
            first = "moment"
        else:
            groups = dict(enumerate(self.x))
            first = "path"
        if self.dim == 0:
            frame = pandas.DataFrame(groups, index=index)
            return frame.rename_axis(columns=first)
        columns = pandas.MultiIndex.from_product([groups, range(self.dim)], names=[first, "i"])
        return pandas.DataFrame(np.hstack(list(groups.values())), index=index, columns=columns)
