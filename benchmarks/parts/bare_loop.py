"""Note the requests of a retrieval, and send them again with pynetdicom alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from pydicom.dataset import Dataset
from pynetdicom import AE, Association, build_context, build_role, evt

import schedvisu_lib as sv
from schedvisu_lib.demo.headers import SOP_CLASSES
from schedvisu_lib.pacs.dimse import FIND, GET, HEADERS, MOVE
from schedvisu_lib.pacs.prompt import acknowledge_at_once, answer_at_once

PROMPT = (
    (evt.EVT_CONN_OPEN, answer_at_once),
    (evt.EVT_DATA_SENT, acknowledge_at_once),
    (evt.EVT_DATA_RECV, acknowledge_at_once),
)
"""Without these, Orthanc and DCMTK wait 40 ms with each answer; the bare loop has them as well."""
METHODS = ("send_c_find", "send_c_get", "send_c_move")

Send = tuple[str, Any, tuple[Any, ...]]
"""A method of an association, or GET; its query, or an address; and what else it takes."""


@contextmanager
def recorded() -> Iterator[list[Send]]:
    """Note each request that is sent meanwhile."""
    sent: list[Send] = []
    originals = {name: getattr(Association, name) for name in METHODS}
    send_web = requests.Session.send

    def noting(name: str) -> Callable[..., Any]:
        def send(self: Association, query: Dataset, *rest: Any) -> Any:
            sent.append((name, query, rest))
            return originals[name](self, query, *rest)

        return send

    def send_and_note(self: requests.Session, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        sent.append(("GET", request.url, (dict(request.headers),)))
        return send_web(self, request, **settings)

    for name in METHODS:
        setattr(Association, name, noting(name))
    requests.Session.send = send_and_note  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        for name, original in originals.items():
            setattr(Association, name, original)
        requests.Session.send = send_web  # type: ignore[method-assign]


class Bare:
    """The same requests with pynetdicom alone, or with requests alone."""

    def __init__(self, site: sv.Site) -> None:
        self.pacs = site.pacs
        self.moved = 0
        """Bytes that came over the archive's own associations."""

    def send(self, sent: Sequence[Send]) -> None:
        """Send requests one after another."""
        if all(name == "GET" for name, _, _ in sent):
            self._send_web(sent)
            return
        with self._listening(any(name == "send_c_move" for name, _, _ in sent)):
            association = self._associate()
            for name, query, rest in sent:
                for _ in getattr(association, name)(query, *rest):
                    pass
            association.release()

    def send_apart(self, uids: Sequence[tuple[str, str, str]]) -> None:
        """Fetch images with an association each, as the tool did that came before."""
        for study_uid, series_uid, sop_uid in uids:
            query = Dataset()
            query.QueryRetrieveLevel = "IMAGE"
            query.StudyInstanceUID, query.SeriesInstanceUID, query.SOPInstanceUID = study_uid, series_uid, sop_uid
            association = self._associate()
            for _ in association.send_c_get(query, GET):
                pass
            association.release()

    def _send_web(self, sent: Sequence[Send]) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for _, address, (headers,) in sent:
                session.get(address, headers=headers, timeout=60).content  # noqa: B018 - read it

    def _associate(self) -> Association:
        entity = AE(ae_title=self.pacs.calling_ae_title)
        entity.maximum_pdu_size = 0
        entity.requested_contexts = [build_context(uid) for uid in (FIND, GET, MOVE, HEADERS, *SOP_CLASSES.values())]
        association = entity.associate(
            self.pacs.host,
            self.pacs.port,
            ae_title=self.pacs.ae_title,
            ext_neg=[build_role(uid, scp_role=True) for uid in SOP_CLASSES.values()],
            evt_handlers=[*PROMPT, (evt.EVT_C_STORE, lambda _event: 0x0000)],
        )
        if not association.is_established:
            raise SystemExit(f"no association with {self.pacs.shown}")
        return association

    @contextmanager
    def _listening(self, needed: bool) -> Iterator[None]:
        if not needed:
            yield
            return
        entity = AE(ae_title=self.pacs.calling_ae_title)
        for uid in SOP_CLASSES.values():
            entity.add_supported_context(uid)
        self.moved = 0

        def weigh(event: evt.Event) -> None:
            self.moved += len(event.data)

        handlers = [*PROMPT, (evt.EVT_C_STORE, lambda _event: 0x0000), (evt.EVT_DATA_RECV, weigh)]
        server = entity.start_server(("127.0.0.1", self.pacs.receiver.port), block=False, evt_handlers=handlers)
        try:
            yield
        finally:
            server.shutdown()
