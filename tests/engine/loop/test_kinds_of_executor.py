"""What `executor=` may be, and what is refused by its name."""

from __future__ import annotations

import concurrent.futures as futures

import pytest
from run_answers import solve

import stochcalc as sc
from stochcalc.engine.loop.executors import count_places, open_executor


@pytest.mark.parametrize("wrong", [3, "pool", futures.ThreadPoolExecutor, object(), True, []])
def test_what_is_no_executor_is_refused_by_name(wrong):
    with pytest.raises(TypeError, match=r"executor=.* must be a concurrent\.futures\.Executor"):
        open_executor(wrong)
    with pytest.raises(TypeError, match="executor="):
        sc.quadratic_variation([0.0, 1.0, 2.0], executor=wrong)


@pytest.mark.parametrize("wrong", [None, 3, "tcp://127.0.0.1:8786", futures.ThreadPoolExecutor])
def test_what_is_no_client_is_refused_by_name(wrong):
    with pytest.raises(TypeError, match=r"client=.* must be a Client of Dask"):
        sc.dask_executor(wrong)


class Immediate(futures.Executor):
    """It computes at once, and returns what comes out."""

    def submit(self, function, *arguments):
        return function(*arguments)


def test_an_executor_without_futures_is_refused_by_name():
    with pytest.raises(TypeError, match=r"executor=<.*Immediate.* returns a Future: .* a tuple"):
        solve(1, "stats", executor=Immediate())


def test_the_places_of_pools_are_counted():
    with futures.ThreadPoolExecutor(3) as pool:
        assert count_places(pool) == 3
    assert count_places(Immediate()) >= 1


def test_a_streamed_motion_draws_nothing_for_an_executor_to_do():
    with futures.ThreadPoolExecutor(1) as pool:
        with pytest.raises(ValueError, match=r"executor= and progress=.*store=False"):
            sc.brownian(n=4, store=False, executor=pool)
    with pytest.raises(ValueError, match="give them to the call that uses the motion"):
        sc.brownian(n=4, store=False, progress=True)
