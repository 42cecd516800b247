"""What an archive sends is read when it comes, not when pynetdicom looks next."""

from __future__ import annotations

import socket
import time
from threading import Timer
from types import SimpleNamespace

import pytest

from schedvisu_lib.pacs import prompt
from schedvisu_lib.pacs.prompt import read_at_once


@pytest.fixture
def provider(monkeypatch):
    """pynetdicom's upper layer, which would sleep for a minute and then read; `there` is the other side."""
    monkeypatch.setattr(prompt, "_LOOK", 20)
    here, there = socket.socketpair()
    with here, there:
        upper_layer = SimpleNamespace(
            socket=SimpleNamespace(socket=here),
            there=there,
            _is_transport_event=lambda: bool(here.recv(10)),
            _run_loop_delay=60,
        )
        read_at_once(SimpleNamespace(assoc=SimpleNamespace(dul=upper_layer)))
        yield upper_layer


def test_bytes_are_read_as_soon_as_they_come(provider):
    Timer(0.05, provider.there.send, [b"answer"]).start()
    began = time.monotonic()
    assert provider._is_transport_event() is True
    assert time.monotonic() - began < 10
    assert provider._run_loop_delay == 0


def test_without_bytes_it_waits_a_moment_and_what_is_to_be_sent_gets_its_turn(provider, monkeypatch):
    monkeypatch.setattr(prompt, "_LOOK", 0.05)
    provider.socket.socket.setblocking(False)
    began = time.monotonic()
    with pytest.raises(BlockingIOError):
        provider._is_transport_event()
    assert time.monotonic() - began >= 0.04


def test_a_closed_connection_is_not_looked_at_all_the_time(provider, monkeypatch):
    naps = []
    monkeypatch.setattr(prompt.time, "sleep", naps.append)
    provider.there.send(b"the last word")
    provider.socket.socket = None
    assert provider._is_transport_event() is True
    provider.there.send(b"the last word")
    provider.socket = None
    assert provider._is_transport_event() is True
    assert naps == [20, 20]
