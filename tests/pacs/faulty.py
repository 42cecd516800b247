"""Archives that can be killed, proxies that break the line, and what they make of a question."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from datetime import date
from threading import Event, Thread

import pytest

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dimse import GET, Archive
from schedvisu_lib.pacs.patience import LineBroken
from schedvisu_lib.pacs.queries import retrieval, study_query

MONDAY = date(2026, 5, 11)


def ask(site):
    with Archive(site.pacs) as archive:
        return archive.query(study_query(MONDAY, "PT"))


def refusal(site, error=PacsUnreachable):
    """The one line in which a question ends, and the number of requests."""
    with Archive(site.pacs) as archive:
        with pytest.raises(error) as caught:
            archive.query(study_query(MONDAY, "PT"))
        line = str(caught.value)
        assert "\n" not in line
        return line, archive.traffic.requests


def some_images(hospital, n):
    """Study, series and SOP Instance UID of the first images of n series."""
    series = [(s.uid, one) for s in hospital.studies_on(MONDAY) for one in s.series if one.storage in ("CT", "PT")]
    return [(study_uid, one.uid, one.instance_uid(0)) for study_uid, one in series[:n]]


def fetch(site, images, ask_for=lambda archive, query: archive.get(query, GET)):
    """Have images sent; return the UIDs of those that arrived whole, the requests, and the error, if any."""
    with Archive(site.pacs) as archive:
        archive.inbox.expect([sop_uid for *_, sop_uid in images])
        error = None
        try:
            ask_for(archive, retrieval(images))
        except LineBroken as caught:
            error = str(caught)
        for uid, header in archive.inbox.headers.items():
            assert header.SOPInstanceUID == uid
            assert header.HighBit  # the last element before the pixels
        return set(archive.inbox.headers), archive.traffic.requests, error


class Killable:
    """A dcmqrscp with the days; each of its associations is a process of its own."""

    def __init__(self, folder, port, peers="ANY", associations=16, destination=104):
        self.port = port
        self._config, self._process = folder / "dcmqrscp.cfg", None
        self._config.write_text(
            f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = {associations}\n"
            f"HostTable BEGIN\nus = (SCHEDVISU, 127.0.0.1, {destination})\n"
            "friend = (FRIEND, friend.example, 104)\nHostTable END\n"
            "VendorTable BEGIN\nVendorTable END\n"
            f"AETable BEGIN\nDCMQRSCP {folder / 'db'} RW (500, 1024mb) {peers}\nAETable END\n"
        )
        self.start()

    def start(self):
        self._process = subprocess.Popen(
            [shutil.which("dcmqrscp"), "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TCP_NODELAY": "1"},
            start_new_session=True,
        )
        for _ in range(200):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.02)
        raise RuntimeError("dcmqrscp does not listen")

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill_and_start(self, seconds):
        self.kill()
        Thread(target=lambda: (time.sleep(seconds), self.start()), daemon=True).start()


class Proxy:
    """Passes bytes on to a port; what becomes of them is decided by the public methods.

    Parameters
    ----------
    target
        The port.
    """

    def __init__(self, target):
        self.gone = Event()
        self.connections = 0
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._open = []
        Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gone.set()
        for one in (self._server, *self._open):
            self._shut(one)
            one.close()

    def connect(self):
        """Tell whether a connection may begin."""
        return True

    def question(self, client, data):
        """Take note of bytes of a question."""

    def answer(self, client, data, passed):
        """Send bytes of an answer, of which some have passed, to the client; False ends the connection."""
        client.sendall(data)
        return True

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except ConnectionRefusedError:
                    client.close()
                    continue
                self._open += [client, server]
                self.connections += 1
                if not self.connect():
                    self._shut(client)
                    self._shut(server)
                    continue
                Thread(target=self._ask, args=(client, server), daemon=True).start()
                Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client, server):
        with suppress(OSError):
            while data := client.recv(65_536):
                self.question(client, data)
                server.sendall(data)
        self._shut(server)

    def _answer(self, client, server):
        passed = 0
        with suppress(OSError):
            while data := server.recv(4096):
                if not self.answer(client, data, passed):
                    break
                passed += len(data)
        self._shut(client)
        self._shut(server)

    @staticmethod
    def _shut(connection):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class CuttingProxy(Proxy):
    """Cuts the line once `limit` bytes of answers have passed, `cuts` times in all; then it may close its port."""

    def __init__(self, target, *, limit, cuts, then_close=False):
        self.cuts_left = cuts
        self._limit, self._then_close = limit, then_close
        super().__init__(target)

    def close_port(self):
        """Take no more connections."""
        self._shut(self._server)
        self._server.close()

    def answer(self, client, data, passed):
        if passed + len(data) <= self._limit or self.cuts_left == 0:
            return super().answer(client, data, passed)
        self.cuts_left -= 1
        client.sendall(data[: len(data) // 2])
        if self._then_close and not self.cuts_left:
            self.close_port()
        return False


class StoppingProxy(Proxy):
    """Passes an amount of answers, then nothing, or a byte now and then, and never hangs up.

    Parameters
    ----------
    target
        The port.
    limit
        Bytes that pass on each connection.
    drip
        Seconds between two bytes.
    """

    def __init__(self, target, limit, drip=None):
        self._limit, self._drip = limit, drip
        super().__init__(target)

    def answer(self, client, data, passed):
        free = max(self._limit - passed, 0)
        client.sendall(data[:free])
        for byte in data[free:]:
            if self.gone.wait(self._drip):
                return False
            client.sendall(bytes([byte]))
        return True
