"""Take in the answers to a query in less time: but for the identifier, one is like the other (PS3.7 9.3.2.2)."""

from __future__ import annotations

from copy import copy
from io import BytesIO
from typing import Any, Final

from pynetdicom import evt
from pynetdicom.dimse_messages import C_FIND_RSP

from schedvisu_lib.pacs.statuses import PENDING

_COMMAND, _LAST = 0b01, 0b10
_WHOLE_COMMAND: Final = bytes([_COMMAND | _LAST])
"""Message control header of a command in one fragment (PS3.8 E.2)."""


class PendingAnswers:
    """Receives pending answers in place of pynetdicom, which decodes their command anew each time: a third of its work.

    An answer whose command is, byte for byte, that of one that pynetdicom has received gets that one's command. All
    other messages are left to pynetdicom.

    Parameters
    ----------
    association
        Whose connection has just opened.
    """

    def __init__(self, association: Any) -> None:
        self._association = association
        self._receive = association.dimse.receive_primitive
        self._known: tuple[int, bytes] | None = None
        """Presentation context and command, in one fragment, of an answer."""
        self._message: C_FIND_RSP | None = None
        self._response: Any = None
        """The same answer, as pynetdicom hands it over."""
        self._held: list[Any] = []
        """What came of an answer that is not whole yet."""
        association.dimse.receive_primitive = self._take
        association.bind(evt.EVT_DIMSE_RECV, self._learn)

    def _learn(self, event: evt.Event) -> None:
        """Remember an answer that pynetdicom has received."""
        message = event.message
        if message is self._message or not isinstance(message, C_FIND_RSP) or message.context_id is None:
            return
        if message.command_set.Status in PENDING:
            self._known = message.context_id, _WHOLE_COMMAND + message.encoded_command_set.getvalue()
            self._message, self._response = message, message.message_to_primitive()

    def _take(self, primitive: Any) -> None:
        """Take in what came: a command, a part of an identifier, or both."""
        fragments = [data for _, data in primitive.presentation_data_value_list]
        if not self._held:
            first = tuple(primitive.presentation_data_value_list[0])
            if self._association.dimse.message is not None or first != self._known:
                self._receive(primitive)
                return
            fragments = fragments[1:]
        self._held.append(primitive)
        if any(data[0] & _COMMAND for data in fragments) or any(data[0] & _LAST for data in fragments[:-1]):
            self._give_up()
        elif fragments and fragments[-1][0] & _LAST:
            self._hand_over()

    def _hand_over(self) -> None:
        held, self._held = self._held, []
        _command, *fragments = [data[1:] for one in held for _, data in one.presentation_data_value_list]
        response = copy(self._response)
        response.Identifier = BytesIO(b"".join(fragments))
        evt.trigger(self._association, evt.EVT_DIMSE_RECV, {"message": self._message})
        self._association.dimse.msg_queue.put((response._context_id, response))  # noqa: SLF001

    def _give_up(self) -> None:
        """Leave it to pynetdicom what becomes of pieces that are not those of one answer."""
        held, self._held = self._held, []
        for primitive in held:
            self._receive(primitive)


def take_answers_quickly(event: evt.Event) -> None:
    """Give an association its own way to receive answers when its connection opens (a handler of EVT_CONN_OPEN)."""
    PendingAnswers(event.assoc)
