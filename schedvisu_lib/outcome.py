"""What a command made, what is missing, and so how it ends."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import IntEnum

_LOG = logging.getLogger(__name__)


class Status(IntEnum):
    """Exit status of a command (2 is a wrong command line or site file)."""

    SUCCESS = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3


@dataclass
class Outcome:
    """What a command did, and what is missing."""

    done: list[str] = field(default_factory=list)
    """One line for each thing that was made."""
    problems: list[str] = field(default_factory=list)
    """One line for each thing that is missing, and what to do."""
    failed: bool = False
    """Whether what was asked for could not be made at all."""

    @property
    def status(self) -> Status:
        """The exit status."""
        if self.failed:
            return Status.FAILURE
        return Status.PARTIAL if self.problems else Status.SUCCESS

    def lack(self, problem: Exception | str) -> None:
        """Say, also in the log, that something is missing."""
        _LOG.error("%s", problem)
        self.problems.append(str(problem))
