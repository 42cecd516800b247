"""Keep pynetdicom's own thread from taking answers that are meant for us."""

from __future__ import annotations

from threading import Condition, Event

from pynetdicom import evt


class Gate(Event):
    """The event on which an association's thread waits while we talk to the archive, without its race.

    pynetdicom's thread says that it waits, finds the event set, and only then says that it goes on. If we clear the
    event between the two, we believe that it waits; it then takes the first answer to our request for a request of
    the archive, and throws it away: a result without its first row, with status success (pynetdicom issue 875). Here
    finding the event set and saying so is one step.

    Parameters
    ----------
    association
        The one whose thread waits.
    """

    def __init__(self, association: object) -> None:
        super().__init__()
        self._association = association
        self._turn = Condition()
        self.set()

    def set(self) -> None:
        """Let the thread go on."""
        with self._turn:
            super().set()
            self._turn.notify_all()

    def clear(self) -> None:
        """Make the thread wait from now on."""
        with self._turn:
            super().clear()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the thread may go on, and say that it does before anybody can clear the event again."""
        with self._turn:
            passed = self._turn.wait_for(self.is_set, timeout)
            if passed:
                self._association._is_paused = False  # type: ignore[attr-defined]  # noqa: SLF001
            return passed


def put_gate(event: evt.Event) -> None:
    """Give an association its gate when its connection opens (a handler of EVT_CONN_OPEN): its thread runs later."""
    event.assoc._reactor_checkpoint = Gate(event.assoc)  # noqa: SLF001
