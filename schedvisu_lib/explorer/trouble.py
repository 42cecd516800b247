"""What the screen says of an error: a sentence, never a traceback."""

from __future__ import annotations

import logging
from traceback import format_tb

from schedvisu_lib.errors import SchedVisuError, unforeseen

_LOG = logging.getLogger(__name__)


def in_words(error: Exception) -> str:
    """Return an error as a sentence; one that nobody foresaw goes to the log, without its text.

    That text might hold a patient's data.
    """
    if isinstance(error, SchedVisuError | ValueError):
        return str(error)
    words = str(unforeseen(error))
    _LOG.error("%s\n%s", words, "".join(format_tb(error.__traceback__)))
    return words
