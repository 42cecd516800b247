"""What the tests of web services share: an Orthanc that has them, and a server that does as it is told."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from schedvisu_lib.pacs.dicomweb_http import PASSWORD, TOKEN, USER, WebClient
from schedvisu_lib.settings.pacs import DicomWeb, Pacs

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


# A real server


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def web(files, tmp_path_factory):
    """The settings of an Orthanc with web services that holds the days."""
    program = shutil.which("Orthanc") or shutil.which("/usr/sbin/Orthanc")
    if program is None or not PLUGIN.exists():
        pytest.skip("Orthanc or its DICOMweb plugin is not installed (packages orthanc, orthanc-dicomweb)")
    folder, port = tmp_path_factory.mktemp("web"), free_port()
    settings = {
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "DicomServerEnabled": False,
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, "orthanc.json"], cwd=folder, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        fill(address, files, server)
        yield Pacs(dicomweb=DicomWeb(url=f"{address}/dicom-web"))
    finally:
        server.terminate()
        server.wait(20)


def fill(address, files, server):
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(400):
            try:
                session.get(f"{address}/system").raise_for_status()
                break
            except requests.RequestException:
                assert server.poll() is None
                time.sleep(0.05)
        for file in sorted(files.iterdir()):
            session.post(f"{address}/instances", data=file.read_bytes()).raise_for_status()


# A server of our own


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(self.path)
        self.server.headers.append(dict(self.headers))
        with suppress(OSError):
            self.server.answer(self, len(self.server.seen))

    def log_message(self, *args):
        pass

    def say(self, status, body=b"", **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content_Type": "application/dicom+json",
            "Content_Length": len(content),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        pass


@pytest.fixture
def serve():
    """Starts a server: `serve(answer, tls=context)`; `answer(handler, count)` answers the request with that number."""
    running = []

    def start(answer, tls=None):
        server = Server(("127.0.0.1", 0), Handler)
        server.answer, server.seen, server.headers = answer, [], []
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append(server)
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/dicom-web"
        return server

    yield start
    for one in running:
        one.shutdown()
        one.server_close()


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch):
    for name in (USER, PASSWORD, TOKEN):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def settings():
    """Settings of web services at an address: `settings(server.url, tries=1)`."""

    def make(url, **more):
        return Pacs(dicomweb=DicomWeb(url=url), **({"retry_pause": 0, "tries": 3, "answer_timeout": 5} | more))

    return make


@pytest.fixture(scope="session")
def studies(settings):
    """Searches for studies once, as often as the settings try: `studies(server.url, tries=1)`."""

    def search(url, **more):
        client = WebClient(settings(url, **more))
        try:
            return client.ask("the search for studies", lambda web: web.search_for_studies())
        finally:
            client.close()

    return search
