"""What both planners tell while they work: how much time is over, and which files they made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from schedvisu_lib.job import Job
from schedvisu_lib.progress import progress
from schedvisu_lib.runs import FileMade


def tell_calendars(job: Job, form: str, files: Sequence[Path], names: str) -> None:
    """Say in one line that calendars were made, of which there are many; ``names`` says how they are called."""
    if files:
        job.files += [FileMade(kind=form, path=str(file), bytes=file.stat().st_size) for file in files]
        job.done.append(f"{files[0].parent}: {len(files)} calendars ({names})")


@contextmanager
def progress_of(seconds: float) -> Iterator[Callable[[], bool]]:
    """Show on a terminal how much of the time for a search is over, whenever the search asks whether to stop."""
    began, shown = monotonic(), 0
    with progress("plan", int(seconds)) as advance:

        def stopped() -> bool:
            nonlocal shown
            while shown < min(int(monotonic() - began), int(seconds)):
                shown += 1
                advance("")
            return False

        yield stopped
