"""pynetdicom's own thread never takes an answer that is meant for us (its issue 875)."""

from __future__ import annotations

import time
from threading import Event, Thread
from types import SimpleNamespace

from schedvisu_lib.gate import Gate


def test_who_cleared_the_gate_and_sees_the_thread_wait_can_be_sure_that_it_does():
    association = SimpleNamespace(_is_paused=False)
    gate = Gate(association)
    over, taking = Event(), Event()

    def reactor():
        """As pynetdicom's, with a long moment in which it has found the event set and not yet said so."""
        while not over.is_set():
            association._is_paused = True
            gate.wait()
            time.sleep(0.002)
            association._is_paused = False
            taking.set()  # get_msg
            taking.clear()

    thread = Thread(target=reactor, daemon=True)
    thread.start()
    for _ in range(60):
        gate.clear()
        while not association._is_paused:
            time.sleep(0.0001)
        assert not taking.wait(0.004)
        gate.set()
        time.sleep(0.0015)
    over.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_gate_is_open_at_first_and_waits_no_longer_than_asked():
    gate = Gate(SimpleNamespace(_is_paused=True))
    assert gate.wait(0)
    gate.clear()
    assert not gate.wait(0.001)
    assert not gate.is_set()
