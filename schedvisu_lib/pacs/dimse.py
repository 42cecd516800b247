"""An archive that speaks DIMSE: queries, and retrieval of which only the headers are kept (PS3.4 annexes A, C, Z)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Lock
from typing import Final

from pydicom.dataset import Dataset
from pynetdicom import Association, build_context, build_role
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation
from pynetdicom.sop_class import (
    CompositeInstanceRetrieveWithoutBulkDataGet,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
)

from schedvisu_lib.pacs.habits import Habits
from schedvisu_lib.pacs.inbox import IMAGES, SYNTAXES, HeaderInbox
from schedvisu_lib.pacs.line import Line
from schedvisu_lib.pacs.statuses import PENDING, SOME_FAILED
from schedvisu_lib.settings.pacs import Pacs

_LOG = logging.getLogger(__name__)

FIND: Final = StudyRootQueryRetrieveInformationModelFind
GET: Final = StudyRootQueryRetrieveInformationModelGet
MOVE: Final = StudyRootQueryRetrieveInformationModelMove
HEADERS: Final = CompositeInstanceRetrieveWithoutBulkDataGet
_RELATIONAL: Final = b"\x01"
"""Asks for relational queries (PS3.4 C.5.1.1); archives that know no such queries leave it unanswered."""
_MOVING: Final = Lock()
"""Held during a C-MOVE: the images of all threads come to the same port."""


class Archive(Line):
    """A PACS that answers C-ECHO, C-FIND and C-GET or C-MOVE; for one thread, as a context manager."""

    def __init__(self, pacs: Pacs) -> None:
        self.pacs = pacs
        self.habits = Habits()
        self.inbox = HeaderInbox(pacs.largest_image, self.end_if_overdue)
        relational = SOPClassExtendedNegotiation()
        relational.sop_class_uid = FIND
        relational.service_class_application_information = _RELATIONAL
        super().__init__(
            pacs,
            [
                *(build_context(service) for service in (FIND, GET, MOVE, HEADERS)),
                *(build_context(image, syntax) for image in IMAGES for syntax in SYNTAXES),
            ],
            negotiation=[relational, *(build_role(image, scp_role=True) for image in IMAGES)],
            handlers=self.inbox.handlers(),
            largest=pacs.largest_image + 1,  # an image that is a little too large is refused, and the others come
        )

    def query(self, query: Dataset) -> list[Dataset]:
        """Return every answer to a query in the Study Root model; errors as those of :meth:`Line.find`."""
        return self.find(query, FIND)

    def get(self, query: Dataset, service: str) -> None:
        """Have images sent to the inbox over this association (C-GET); count what arrived.

        Raises
        ------
        PacsUnreachable
            The archive can no longer be reached, or does not offer the service.
        PacsError
            It ended with a failure.
        """
        self.ask("C-GET", service, lambda association: self._drain(association.send_c_get(query, service), "C-GET"))

    def move(self, query: Dataset) -> None:
        """Have images sent to the inbox over an association of the archive's (C-MOVE); count what arrived.

        Raises
        ------
        PacsUnreachable
            The archive can no longer be reached, does not know us as a destination, or our port is taken.
        PacsError
            It ended with a failure.
        """

        def send(association: Association) -> None:
            self._drain(association.send_c_move(query, self.pacs.calling_ae_title, MOVE), "C-MOVE")

        with _MOVING, self.inbox.listening(self.pacs):
            self.ask("C-MOVE", MOVE, send)

    def _drain(self, answers: Iterator[tuple[Dataset, Dataset | None]], what: str) -> None:
        status = Dataset()
        for status, _ in answers:
            if getattr(status, "Status", None) in PENDING:
                self.expect_an_end(what)
        # Which images failed is seen by counting what arrived.
        if getattr(status, "Status", None) != SOME_FAILED:
            self.expect_success(status, what)
