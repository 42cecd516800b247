"""What may pass is tried again, as often and as patiently as the site says; what will not is not."""

from __future__ import annotations

import time

import pytest

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.patience import LineBroken, NotNow, patiently
from schedvisu_lib.settings.pacs import Peer

PEER = Peer(host="pacs.hospital.example", ae_title="PACS", tries=3, retry_pause=0.02)


def failing(*errors):
    """An attempt that raises each of the errors in turn, then succeeds; and the moments of the attempts."""
    waiting, moments = list(errors), []

    def attempt():
        moments.append(time.monotonic())
        if waiting:
            raise waiting.pop(0)
        return "done"

    return attempt, moments


def test_what_passes_within_the_tries_is_no_error():
    attempt, moments = failing(LineBroken("cut"), NotNow("busy"))
    assert patiently(PEER, (LineBroken, NotNow), attempt) == "done"
    assert len(moments) == 3


def test_pauses_double():
    attempt, moments = failing(LineBroken("cut"), LineBroken("cut"))
    patiently(PEER, LineBroken, attempt)
    assert moments[1] - moments[0] >= 0.02
    assert moments[2] - moments[1] >= 0.04


def test_a_pause_that_is_asked_for_is_made():
    attempt, moments = failing(NotNow("busy", pause=0.2))
    patiently(PEER, NotNow, attempt)
    assert moments[1] - moments[0] >= 0.2


def test_after_the_last_try_its_error_is_raised():
    attempt, moments = failing(*(LineBroken(str(n)) for n in range(9)))
    with pytest.raises(LineBroken, match=r"^2$"):
        patiently(PEER, LineBroken, attempt)
    assert len(moments) == 3


@pytest.mark.parametrize("error", [PacsError("no"), PacsUnreachable("no"), NotNow("not of the kind")])
def test_what_will_not_pass_is_raised_at_once(error):
    attempt, moments = failing(error)
    with pytest.raises(type(error)):
        patiently(PEER, LineBroken, attempt)
    assert len(moments) == 1
