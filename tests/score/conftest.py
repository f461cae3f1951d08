"""What the tests of learned scores share: torch, where it is installed."""

import pytest


@pytest.fixture
def torch():
    return pytest.importorskip(
        "torch", reason='a network needs torch: pip install "stochcalc[torch]"'
    )
