"""Seeds from the tests' names, the ledger of false alarms, and what runs only at night."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before anything imports matplotlib: figures need no screen.
os.environ.setdefault("MPLBACKEND", "Agg")

import hypothesis
import pytest
from evidence import BUDGET, LEDGER, NIGHTLY, seed_of

# Collected for doctests they would be imported a second time, with a ledger of their own.
collect_ignore = ["helpers/evidence.py", "helpers/judging.py"]

# The same examples in every run, new ones every night. No deadline: the first example compiles.
_common = {
    "deadline": None,
    "suppress_health_check": [
        hypothesis.HealthCheck.function_scoped_fixture,
        hypothesis.HealthCheck.too_slow,
    ],
}
hypothesis.settings.register_profile("gating", derandomize=True, database=None, **_common)
hypothesis.settings.register_profile("nightly", max_examples=2000, print_blob=True, **_common)
hypothesis.settings.load_profile("nightly" if NIGHTLY else "gating")


@pytest.fixture
def rng_seed(request: pytest.FixtureRequest) -> int:
    """The test's own 64-bit seed, for rng=."""
    return seed_of(request)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yield the one browser of the session; a second one could not be started beside it."""
    from sandbox_pages import BROWSER, open_browser

    pytest.importorskip(
        "playwright.sync_api", reason='the browser needs pip install -e ".[browser]"'
    )
    if BROWSER is None:
        pytest.skip("needs chromium: apt-get install chromium")
    with open_browser() as started:
        yield started


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a built site, which a nightly run builds once."""
    from built_pages import find_site

    return find_site(tmp_path_factory.mktemp("site"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not NIGHTLY:
        for item in items:
            if item.get_closest_marker("nightly"):
                item.add_marker(pytest.mark.skip(reason="nightly: set STOCHCALC_NIGHTLY=1"))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in the account of a worker process of pytest-xdist, unless it died with it."""
    output = getattr(node, "workeroutput", None)
    if output is None:
        LEDGER.lost += 1
        return
    comparisons, alpha, controls, by_test = output["ledger"]
    LEDGER.comparisons += comparisons
    LEDGER.alpha += alpha
    LEDGER.controls += controls
    LEDGER.by_test.update(by_test)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = (
            LEDGER.comparisons,
            LEDGER.alpha,
            LEDGER.controls,
            dict(LEDGER.by_test),
        )
        return
    fails = LEDGER.overdrawn or LEDGER.lost > 0
    if fails and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("statistical evidence")
    terminalreporter.line(
        f"{LEDGER.comparisons} comparisons with random data, "
        f"total false-alarm rate {LEDGER.alpha:.2e} of {BUDGET:.0e} allowed; "
        f"{LEDGER.controls} negative controls rejected"
    )
    if "STOCHCALC_NIGHTLY_SEED" in os.environ:
        terminalreporter.line(f"STOCHCALC_NIGHTLY_SEED={os.environ['STOCHCALC_NIGHTLY_SEED']}")
    if LEDGER.lost:
        processes = "1 worker process" if LEDGER.lost == 1 else f"{LEDGER.lost} worker processes"
        terminalreporter.line(f"FAILED: the accounts of {processes} are lost", red=True)
    if LEDGER.overdrawn:
        terminalreporter.line("FAILED: the budget is overdrawn; the largest spenders:", red=True)
        for test, alpha in LEDGER.by_test.most_common(10):
            terminalreporter.line(f"    {alpha:.2e}  {test}")
