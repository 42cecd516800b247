"""The answers to a query are those that pynetdicom would hand over, however they are cut into pieces."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.dimse_messages import C_ECHO_RSP, C_FIND_RSP
from pynetdicom.dimse_primitives import C_ECHO, C_FIND
from pynetdicom.dsutils import encode
from pynetdicom.pdu_primitives import P_DATA
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as Find
from pynetdicom.sop_class import Verification

from schedvisu_lib.pacs.pending import PendingAnswers

PENDING, WITHOUT_ALL_KEYS, SUCCESS = 0xFF00, 0xFF01, 0x0000


def pieces(status, patient="", *, context=1, size=0):
    """Return an answer as it comes, cut where a PDU of so many bytes ends."""
    answer = C_FIND()
    answer.MessageIDBeingRespondedTo, answer.AffectedSOPClassUID, answer.Status = 1, Find, status
    if patient:
        identifier = Dataset()
        identifier.PatientID = patient
        answer.Identifier = BytesIO(encode(identifier, True, True))
    message = C_FIND_RSP()
    message.primitive_to_message(answer)
    return list(message.encode_msg(context, size))


def echo():
    answer = C_ECHO()
    answer.MessageIDBeingRespondedTo, answer.AffectedSOPClassUID, answer.Status = 1, Verification, SUCCESS
    message = C_ECHO_RSP()
    message.primitive_to_message(answer)
    return list(message.encode_msg(1, 0))


def in_one(parts):
    """Return the pieces of a message in one PDU."""
    together = P_DATA()
    together.presentation_data_value_list = [list(one) for part in parts for one in part.presentation_data_value_list]
    return [together]


def received(parts, *, quickly):
    """Return what is handed over of the pieces: context, status, identifier, and kind of each message."""
    association = Association(AE(), "requestor")
    if quickly:
        PendingAnswers(association)
    for part in parts:
        association.dimse.receive_primitive(part)
    messages = []
    while not association.dimse.msg_queue.empty():
        context, message = association.dimse.msg_queue.get()
        content = message.Identifier.getvalue() if getattr(message, "Identifier", None) else None
        messages.append((context, type(message), message.Status, message.MessageIDBeingRespondedTo, content))
    return messages


ANSWERS = st.builds(
    pieces,
    st.sampled_from([PENDING, PENDING, PENDING, WITHOUT_ALL_KEYS]),
    st.text("ABC", min_size=1, max_size=30),
    context=st.sampled_from([1, 1, 1, 3]),
    size=st.sampled_from([0, 0, 0, 16, 150]),
)
MESSAGES = st.lists(
    st.one_of(ANSWERS, ANSWERS, ANSWERS.map(in_one), st.just(pieces(SUCCESS)), st.just(echo())), max_size=12
)


@given(MESSAGES)
def test_answers_are_those_that_pynetdicom_hands_over(messages):
    parts = [part for message in messages for part in message]
    assert received(parts, quickly=True) == received(parts, quickly=False)
    assert len(received(parts, quickly=True)) == len(messages)


def test_the_command_of_a_pending_answer_is_decoded_once(monkeypatch):
    decoded = []
    whole = C_FIND_RSP.message_to_primitive
    monkeypatch.setattr(C_FIND_RSP, "message_to_primitive", lambda self: decoded.append(self) or whole(self))
    parts = [part for patient in "ABCDE" for part in pieces(PENDING, patient)]
    answers = received(parts, quickly=True)
    assert [content[8:] for *_, content in answers] == [b"A ", b"B ", b"C ", b"D ", b"E "]
    assert len(decoded) == 2  # of the first answer, once for pynetdicom and once to know it


@pytest.mark.parametrize("n_known", [0, 1])
def test_a_command_where_an_identifier_should_come_is_left_to_pynetdicom(n_known):
    parts = pieces(PENDING, "A") * n_known + pieces(PENDING, "B")[:1] + pieces(SUCCESS) + pieces(PENDING, "C")
    assert received(parts, quickly=True) == received(parts, quickly=False)


def test_what_comes_behind_the_end_of_an_answer_is_left_to_pynetdicom():
    parts = pieces(PENDING, "A") + in_one(pieces(PENDING, "B") + pieces(PENDING, "C")[1:]) + pieces(PENDING, "D")
    answers = received(parts, quickly=True)
    assert answers == received(parts, quickly=False)
    assert [content[8:] for *_, content in answers] == [b"A ", b"B ", b"D "]
