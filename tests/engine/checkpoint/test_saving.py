"""A checkpoint is written often enough to lose little, and seldom enough to take little time."""

from __future__ import annotations

import pytest

from stochcalc.engine.checkpoint import saving


class Clock:
    """A clock that stands still, but for `took` seconds whenever a checkpoint is written."""

    def __init__(self, took):
        self.now = 1000.0
        self.took = took
        self.writes = []

    def monotonic(self):
        return self.now

    def write(self, path, snapshot):
        self.now += self.took
        self.writes.append(self.now)


@pytest.mark.parametrize("took, pause", [(0.1, 10.0), (2.0, 40.0)])
def test_writing_takes_a_twentieth_of_the_time_at_most(took, pause, tmp_path, monkeypatch):
    clock = Clock(took)
    monkeypatch.setattr(saving, "EVERY", 10.0)  # other tests change both
    monkeypatch.setattr(saving, "SHARE", 0.05)
    monkeypatch.setattr(saving.time, "monotonic", clock.monotonic)
    monkeypatch.setattr(saving, "write", clock.write)
    checkpoint = saving.Saving(tmp_path / "run.checkpoint")
    try:
        for seconds, written in ((0.0, 0), (9.9, 0), (0.2, 1), (pause - 0.1, 1), (0.2, 2)):
            clock.now += seconds
            checkpoint.keep(f"part {clock.now}", "result")
            assert len(clock.writes) == written, seconds
        checkpoint.save()  # what was kept is written, whatever the time ...
        assert len(clock.writes) == 2
        checkpoint.keep("one more", "result")
        checkpoint.save()
        checkpoint.save()  # ... and nothing twice
        assert len(clock.writes) == 3
    finally:
        checkpoint.close()
