"""What the tests of runs share: a key, what is due for it, and processes."""

from __future__ import annotations

import concurrent.futures as futures
import multiprocessing

import pytest
from evidence import seed_of
from run_answers import answers


@pytest.fixture(scope="module")
def key():
    return seed_of(__name__)


@pytest.fixture(scope="module")
def due(key):
    return answers(key, workers=1)


@pytest.fixture(scope="module")
def processes():
    with futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
