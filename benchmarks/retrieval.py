"""Asking Orthanc for one day, beside the bare loop of the same requests with pynetdicom alone."""

from __future__ import annotations

from pathlib import Path

from benchmarks import ways
from benchmarks.effort import Effort
from benchmarks.table import Figure, Part, Row
from tests.conftest import free_port
from tests.pacs.servers import ORTHANC, NotInstalled, orthanc

_RUNS = 3
"""Of the day, for each run of a longer thing: it takes two seconds."""


def run(folder: Path, effort: Effort) -> Part:
    """Measure; without Orthanc nothing but a word."""
    images = ways.files(folder / "images", fewer=True)
    (folder / "orthanc").mkdir()
    bench = ways.Bench(_RUNS * effort.runs)
    try:
        with orthanc(folder / "orthanc", images, move_port=free_port(), sending=("-q",)) as port:
            bench.measure("Orthanc", {"SERIES and IMAGE answers": None}, port=port, ae_title=ORTHANC)
    except NotInstalled as error:
        return Part((Row(f"retrieve a day from Orthanc: not measured, {error}", ()),))
    [day] = bench.rows
    row = Row(
        f"retrieve one day from Orthanc ({day.traffic.requests} requests)",
        (Figure(day.wall, "s"), Figure(day.cpu, "s CPU")),
        (Figure(day.bare_wall, "s"), f"the same requests with pynetdicom alone ({day.bare_cpu:.2f} s CPU)"),
        Figure(day.wall_ratio, "", 1.2),
    )
    return Part((row,))
