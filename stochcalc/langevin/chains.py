"""What a sampler returns: states of many chains, or their moments."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from stochcalc.display.description import Description, Displayed
from stochcalc.display.samples import count_drawn, describe_sample
from stochcalc.engine import memory
from stochcalc.engine.statistics import Record, record_of_rows
from stochcalc.engine.words import count
from stochcalc.estimate import Estimate
from stochcalc.langevin.diagnostics import effective_sample_size, split_rhat
from stochcalc.langevin.samplers.sampler import Sampler
from stochcalc.moments import Moments
from stochcalc.typing import Array, Axes, Integers, Number


@dataclass(frozen=True, eq=False, repr=False)
class Chains(Displayed):
    """The states of chains, as `sample` returns them.

    Attributes
    ----------
    x : ndarray, shape (chains, saved[, d]), or None for save="stats"
        Positions.
    p : ndarray of that shape, or None
        Momenta of a kinetic method.
    moments, p_moments : Moments, shape (saved[, d])
        Moments of the positions and of the momenta over the chains.
    acceptance : Estimate
        Share of accepted proposals; 1 for an unadjusted sampler.
    ess, rhat : float, or ndarray of shape (d,)
        Effective sample size of all chains together, and split R-hat, of what is kept after the
        start.
    sampler : Sampler
        The method.
    dim, saved, chains, n : int
        Components of a position (0 for numbers), kept states of a chain, chains, and steps.
    key : int
        Replays the run: `sample(..., key=chains.key)`.
    nonfinite : int
        Number of chains that left the finite range.
    last : int
        Number of the step after which the last state is kept.

    Examples
    --------
    >>> from stochcalc.langevin import sample
    >>> chains = sample(lambda x: -x, 0.0, step=0.1, n=100, chains=50, rng=1)
    >>> chains.x.shape, chains.moments.mean.shape
    ((50, 101), (101,))
    """

    rows: Array | None = field(repr=False)
    record: Record | None = field(repr=False)
    sampler: Sampler
    dim: int
    saved: int
    chains: int
    n: int
    key: int
    nonfinite: int
    last: int

    def _describe(self) -> Description:
        kept = "moments"
        cells = {
            "x": kept,
            "acceptance": str(self.acceptance),
            "nonfinite": f"{self.nonfinite}",
            "key": f"{self.key}",
        }
        if self.x is not None:
            kept = f"x {self.x.shape}"
            cells["x"] = str(self.x.shape)
        size = f"{self.chains} x {count(self.n, 'step')}"
        line = (
            f"Chains({self.sampler.name}, {size}, {kept}, acceptance "
            f"{self.acceptance}, nonfinite={self.nonfinite}, key={self.key})"
        )
        return describe_sample(
            line=line,
            title=f"Chains: {size} of {self.sampler.name}",
            cells=cells,
            t=np.arange(float(self.saved)),
            values=self.x,
            drawn=f"{count_drawn(self.chains, 'chain')} over {count(self.n, 'step')}.",
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        component: int | None = None,
        components: tuple[int, int] | None = None,
        density: Callable[[Array], Array] | None = None,
        **line: object,
    ) -> Axes:
        """Draw up to 50 chains by step, and beside them the histogram of their second half.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; new axes by default.
        component : int, optional
            The component that is drawn, 0 by default.
        components : tuple of two int, optional
            Draw the second of these components against the first, without steps.
        density : callable, optional
            The density that was sampled, density(x) of an array. It is drawn over the histogram.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from stochcalc.plot import plot_chains

        return plot_chains(
            self, ax=ax, component=component, components=components, density=density, **line
        )

    @property
    def end(self) -> Array:
        """The last kept position of each chain, shape (chains[, d]).

        It raises ValueError for save="stats", which keeps no chain.
        """
        if self.x is None:
            raise ValueError('end needs the chains, and save="stats" keeps none: use save="last"')
        return self.x[:, -1]

    @property
    def _shape(self) -> tuple[int, ...]:
        """The shape of the kept positions of one chain."""
        if self.dim:
            return (self.saved, self.dim)
        return (self.saved,)

    def _columns(self, vector: int) -> Integers:
        """Return the columns, among all that is kept, of one vector of the state."""
        d = max(self.dim, 1)
        states = np.arange(self.saved)[:, None] * self.sampler.size(d)
        return (states + vector * d + np.arange(d)).ravel()

    def _states(self, vector: int) -> Array | None:
        """Return one vector of the state, shape (chains, saved[, d]), if states are kept."""
        if self.rows is None:
            return None
        shape = (self.chains, *self._shape)
        if self.sampler.size(max(self.dim, 1)) == max(self.dim, 1):
            return self.rows.reshape(shape)  # there is nothing beside the positions
        memory.budget("the states", math.prod(shape), 'use save="last" or thin=')
        return self.rows[:, self._columns(vector)].reshape(shape)

    @cached_property
    def x(self) -> Array | None:
        """The positions, shape (chains, saved[, d]); None for save="stats"."""
        return self._states(0)

    @cached_property
    def p(self) -> Array | None:
        """The momenta of a kinetic method, in the shape of the positions; else None."""
        if not self.sampler.momentum:
            return None
        return self._states(1)

    @cached_property
    def _record(self) -> Record:
        """The record of everything that is kept, over the chains."""
        if self.rows is not None:
            return record_of_rows(self.rows)
        assert self.record is not None
        return self.record

    @cached_property
    def moments(self) -> Moments:
        """The moments of the positions over the chains."""
        return Moments(self._record[:, self._columns(0)], self._shape)

    @cached_property
    def p_moments(self) -> Moments | None:
        """The moments of the momenta over the chains, for a kinetic method; else None."""
        if not self.sampler.momentum:
            return None
        return Moments(self._record[:, self._columns(1)], self._shape)

    @cached_property
    def acceptance(self) -> Estimate:
        """The share of accepted proposals, with its standard error from the chains."""
        if not self.sampler.adjusted:
            return Estimate.normal(1.0, 0.0)
        accepted = Moments(self._record[:, -1:], (1,))  # the state's last number counts them
        share = float(accepted.mean[0]) / self.last
        return Estimate.normal(share, float(accepted.stderr[0]) / self.last)

    @property
    def _after_start(self) -> list[Array]:
        """The positions after the start, an array (chains, saved - 1) for each component."""
        x = self.x
        if x is None:
            raise ValueError(_states_missing(0))
        if self.saved < 5:
            raise ValueError(_states_missing(self.saved))
        states = x.reshape(self.chains, self.saved, -1)
        return [states[:, 1:, i] for i in range(states.shape[2])]

    @cached_property
    def ess(self) -> Number:
        """The effective sample size of all chains together, of each component."""
        sizes = np.array([effective_sample_size(x) for x in self._after_start])
        return sizes.reshape(self._shape[1:])[()]

    @cached_property
    def rhat(self) -> Number:
        """The split R-hat of each component: near 1 once the chains have mixed."""
        ratios = np.array([split_rhat(x) for x in self._after_start])
        return ratios.reshape(self._shape[1:])[()]


def _states_missing(kept: int) -> str:
    """Return the message for chains that keep too few states."""
    return (
        f"autocorrelations need states along the chains: {kept} are kept; use "
        f'save="all" and a smaller thin='
    )
