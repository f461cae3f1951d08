"""Ctrl-C at a random moment of a first call: KeyboardInterrupt soon, and the next call is right.

The signal comes from a thread of the interrupted process itself, after a share of the time that the
call takes undisturbed. What the next call finds is compared with a process that nobody disturbs.
"""

from __future__ import annotations

import random
import signal
import threading

import pytest
from evidence import NIGHTLY
from fresh_process import words_of
from nights import mostly_at_night

from stochcalc.engine.compiler.interrupts import hold_interrupts_back, let_interrupts_through

LATEST = 2.0  # seconds of CPU from Ctrl-C to KeyboardInterrupt: other work beside does not count
EQUATIONS = 40 if NIGHTLY else 12

SCRIPT = """
import hashlib, math, os, signal, threading, time
import stochcalc as sc

# a shell that starts its jobs in the background has them ignore Ctrl-C, and so would this process
signal.signal(signal.SIGINT, signal.default_int_handler)

def interrupt(call, delay):
    # CPU seconds from Ctrl-C to KeyboardInterrupt; -1 if the call was over before
    sent, over = [], threading.Event()

    def press():
        if not over.wait(delay):
            sent.append(time.process_time())
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    try:
        thread.start()
        call()
        over.set()
        thread.join()
        time.sleep(0.01)
    except KeyboardInterrupt:
        return time.process_time() - sent[0]
    return -1

def bits(array):
    return hashlib.sha256(array.tobytes()).hexdigest()

def solve(rate, **options):
    sde = sc.SDE(lambda t, x: -rate * x, lambda t, x: 0.5 + 0.0 * x, **options)
    return sc.solve(sde, 1.0, 1.0, n=4, paths=300, rng=7).x

def study():
    model = sc.models.gbm(0.5, 0.5)
    return sc.strong_convergence(model, 1.0, 1.0, levels=(2, 3), paths=2048, rng=7)

CALLS = {
    "solve": lambda: solve(0.5),
    "arrays": lambda: solve(0.5, vectorized=True),
    "brownian": lambda: sc.brownian(n=5, paths=10, dim=2, rng=7).refine(2).values,
    "ito": lambda: sc.ito(lambda t, w: math.exp(w), sc.brownian(n=5, paths=10, rng=7)),
    "study": lambda: study().error["euler_maruyama"],
}
"""

FIRST = """
call = CALLS["{name}"]
begin = time.perf_counter()
print(interrupt(call, {delay}), time.perf_counter() - begin, bits(call()))
"""

SUCCESSIVE = """
solve(0.0)
begin = time.perf_counter()
solve(0.01)
usual = time.perf_counter() - begin
for number, share in enumerate({shares}):
    call = lambda: solve(1.0 + number)
    print(interrupt(call, share * usual), bits(call()))
"""
NEVER = 1e6  # a delay, or a share of the usual time


def first_call(name, delay):
    """(CPU seconds to the interrupt, seconds of the call, bits of the next) in a new process."""
    took, lasted, bits = words_of(
        SCRIPT + FIRST.format(name=name, delay=delay), STOCHCALC_CACHE="0"
    )
    return float(took), float(lasted), bits


def interrupted_first_calls(name, count, rng):
    """Interrupt the very first call of new processes, imports and all; return how many struck."""
    never, lasts, due = first_call(name, NEVER)
    assert never == -1.0
    struck = 0
    for _ in range(count):
        took, _, bits = first_call(name, rng.uniform(0.0, lasts))
        assert bits == due
        assert took < LATEST
        struck += took >= 0.0
    return struck


@pytest.mark.parametrize("name", mostly_at_night(["solve", "arrays"], "solve".__eq__))
def test_the_very_first_call_can_be_interrupted_imports_and_all(name, rng_seed):
    interrupted_first_calls(name, 2, random.Random(rng_seed))


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["solve", "arrays", "brownian", "ito", "study"])
def test_a_hundred_very_first_calls_can_be_interrupted(name, rng_seed):
    rng = random.Random(rng_seed)
    struck = 0
    while struck < 20:
        struck += interrupted_first_calls(name, 20 - struck, rng)


def test_new_equations_can_be_interrupted_one_after_the_other(rng_seed):
    rng = random.Random(rng_seed)
    shares = [rng.random() for _ in range(EQUATIONS)]
    calm = words_of(SCRIPT + SUCCESSIVE.format(shares=[NEVER] * EQUATIONS), STOCHCALC_CACHE="0")
    said = words_of(SCRIPT + SUCCESSIVE.format(shares=shares), STOCHCALC_CACHE="0")
    assert said[1::2] == calm[1::2]
    assert set(calm[0::2]) == {"-1"} and len(set(calm[1::2])) == EQUATIONS
    took = [float(word) for word in said[0::2]]
    assert max(took) < LATEST
    assert sum(seconds >= 0.0 for seconds in took) >= EQUATIONS // 2


# ---- the block that holds interrupts back


@pytest.fixture
def calls():
    """What reaches the handler of SIGINT that is usual during the test."""
    received = []
    before = signal.signal(signal.SIGINT, lambda number, frame: received.append(number))
    yield received
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_is_handed_over_once_at_the_end(calls):
    with hold_interrupts_back():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert calls == []
    assert calls == [signal.SIGINT]
    with hold_interrupts_back():
        pass
    assert calls == [signal.SIGINT]


def test_blocks_within_blocks_are_one_block(calls):
    with hold_interrupts_back():
        with hold_interrupts_back():
            signal.raise_signal(signal.SIGINT)
        assert calls == []
    assert calls == [signal.SIGINT]
    signal.raise_signal(signal.SIGINT)
    assert len(calls) == 2


def test_an_interrupt_can_be_let_through_in_between(calls):
    let_interrupts_through()
    with hold_interrupts_back():
        let_interrupts_through()
        signal.raise_signal(signal.SIGINT)
        let_interrupts_through()
        assert len(calls) == 1
        let_interrupts_through()
    assert len(calls) == 1


def interrupted_block(done, error=None):
    """A block in which an interrupt comes before the work is done or fails."""
    with hold_interrupts_back():
        signal.raise_signal(signal.SIGINT)
        if error is not None:
            raise error
        done.append("all")


def test_an_error_inside_the_block_does_not_lose_the_interrupt(calls):
    with pytest.raises(ValueError, match="inside"):
        interrupted_block([], ValueError("inside"))
    assert calls == [signal.SIGINT]


def test_keyboard_interrupt_comes_out_of_the_block_when_its_work_is_done():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    done = []
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted_block(done)
        assert done == ["all"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_process_that_ignores_interrupts_still_ignores_them():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with hold_interrupts_back():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_hold_nothing_back(calls):
    def work():
        with hold_interrupts_back():
            let_interrupts_through()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    signal.raise_signal(signal.SIGINT)
    assert calls == [signal.SIGINT]
