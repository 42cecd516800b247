"""What may pass, and how long to wait for it: the same for associations and for web services."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.settings.pacs import Peer

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")

_LONGEST_PAUSE: Final = 60.0


class LineBroken(PacsError):
    """The connection was lost during a request; it is asked again on a fresh one."""


class NotNow(PacsUnreachable):
    """The other side cannot be reached, or cannot answer, at the moment; it is tried again.

    Parameters
    ----------
    message
        What to say.
    pause
        Seconds that it asks us to wait.
    """

    def __init__(self, message: str, pause: float = 0) -> None:
        super().__init__(message)
        self.pause = pause


def patiently(
    peer: Peer, what_may_pass: type[PacsError] | tuple[type[PacsError], ...], attempt: Callable[[], _Result]
) -> _Result:
    """Return what an attempt gives, which is made up to ``tries`` times; pauses double from ``retry_pause`` seconds.

    The error of the last attempt is raised, and at once one that will not pass.
    """

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.pause if isinstance(error, NotNow) else 0
        own = wait_exponential(multiplier=peer.retry_pause, max=_LONGEST_PAUSE) + wait_random(0, peer.retry_pause / 4)
        return max(own(state), min(asked, _LONGEST_PAUSE))

    retrying = Retrying(
        stop=stop_after_attempt(peer.tries),
        wait=pause,
        retry=retry_if_exception_type(what_may_pass),
        before_sleep=_tell,
        reraise=True,
    )
    return retrying(attempt)


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    _LOG.info("%s: tried again in %.1f s", error, state.upcoming_sleep)
