"""What is acquired for each exam type: the series of one take, from its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

import numpy as np

from schedvisu_lib.demo.machines import WORKSTATION, Machine
from schedvisu_lib.demo.records import Beds, Device, FrameKind, Frames, Phase, SimSeries, Sweep
from schedvisu_lib.tables import DERIVED, EXCLUDED

_SECOND: Final = timedelta(seconds=1)
_SLICES_PER_BED: Final = 36
"""Of CT: its length follows the beds of the emission scan, so that few different numbers of images occur."""
_MOST_BEDS: Final = 11
_BED_MOVE_MS: Final = 2_000


@dataclass
class Table:
    """The patient lies on the table: series are acquired one after another, each after a short pause."""

    machine: Machine
    rng: np.random.Generator
    now: datetime
    name: str
    series: list[SimSeries]

    def wait(self, shortest: int, longest: int) -> None:
        """Let a number of whole seconds pass, drawn between the two given."""
        self.now += self.draw(shortest, longest) * _SECOND

    def draw(self, least: int, most: int) -> int:
        """Draw a whole number, both ends included."""
        return int(self.rng.integers(least, most + 1))

    def chance(self, share: float) -> bool:
        """Return True in a share of the cases."""
        return bool(self.rng.random() < share)

    def add(self, series: SimSeries) -> SimSeries:
        """Add an acquired series; the table is busy until its end."""
        self.series.append(series)
        self.now = max(self.now, series.timing.end)
        return series

    def also(self, series: SimSeries, **changes: object) -> None:
        """Add what was computed from an acquired series: it carries the same times."""
        self.series.append(replace(series, **changes))  # type: ignore[arg-type]


def _ct(table: Table, region: str, slices: tuple[int, int], seconds: tuple[int, int]) -> None:
    """Acquire scout and CT, and now and then a second reconstruction of it."""
    device = table.machine.ct
    if device is None:
        return
    scout = Sweep(table.now, table.now + table.draw(1, 2) * _SECOND)
    two_views = table.chance(0.4)
    table.add(
        SimSeries(
            "CT",
            "CT",
            device,
            "Scout" if device.manufacturer.startswith("GE") else "Topogramme 0.6 T20f",
            table.name,
            ("ORIGINAL", "PRIMARY", "LOCALIZER"),
            scout if two_views else Sweep(scout.start, scout.start),
            n_instances=2 if two_views else 1,
        )
    )
    table.wait(30, 70)
    ct = table.add(
        SimSeries(
            "CT",
            "CT",
            device,
            f"CTAC {region}",
            table.name,
            ("ORIGINAL", "PRIMARY", "AXIAL"),
            Sweep(table.now, table.now + table.draw(*seconds) * _SECOND),
            n_instances=min(ceil(table.draw(*slices) / _SLICES_PER_BED), _MOST_BEDS) * _SLICES_PER_BED,
            backwards=table.chance(0.3),
        )
    )
    if table.chance(0.45):
        table.also(ct, description=f"CT {region} détail 1.25", image_type=("DERIVED", "PRIMARY", "AXIAL"))
    if table.chance(0.15):
        table.also(
            ct,
            description=f"CT {region} coronal",
            image_type=("DERIVED", "SECONDARY", "REFORMATTED"),
            n_instances=table.draw(60, 120),
            verdict=DERIVED,
        )


def _pet(table: Table, label: str, beds: tuple[tuple[int, int], ...], slices: int) -> None:
    """Acquire PET beds or time frames, with the uncorrected reconstruction and the rotating projection."""
    pet = table.add(
        SimSeries(
            "PT",
            "PT",
            table.machine.emission,
            f"PET {label} AC",
            table.name,
            ("ORIGINAL", "PRIMARY"),
            Beds(table.now, beds),
            n_instances=len(beds) * slices,
            backwards=table.chance(0.5),
        )
    )
    if table.chance(0.5):
        table.also(pet, description=f"PET {label} NAC", image_type=("DERIVED", "PRIMARY"))
    if table.chance(0.35):
        table.also(pet, description="MIP", image_type=("DERIVED", "SECONDARY", "MIP"), n_instances=24, verdict=DERIVED)


def _one_after_another(*seconds: int) -> tuple[tuple[int, int], ...]:
    beds: list[tuple[int, int]] = []
    at = 0
    for lasts in seconds:
        beds.append((at, lasts * 1000))
        at += lasts * 1000 + _BED_MOVE_MS
    return tuple(beds)


def _nm(
    table: Table,
    kind: FrameKind,
    description: str,
    *phases: Phase,
    windows: int = 1,
    detectors: int = 2,
    slots: int = 1,
) -> SimSeries:
    timing = Frames(table.now, kind, phases, detectors, windows, slots)
    image_type = ("ORIGINAL", "PRIMARY", kind, "EMISSION")
    return table.add(SimSeries("NM", "NM", table.machine.emission, description, table.name, image_type, timing))


def _static(table: Table, view: str, seconds: tuple[int, int], windows: int = 1) -> None:
    one_head = view.startswith("Pinhole")
    lasts = Phase(1, table.draw(*seconds) * 1000)
    _nm(table, "STATIC", view, lasts, windows=windows, detectors=1 if one_head else 2)


def _whole_body(table: Table) -> None:
    _nm(table, "WHOLE BODY", "Corps entier ANT POST", Phase(1, table.draw(780, 1080) * 1000))


def _tomo(
    table: Table, region: str, views: int, seconds: tuple[int, int], gated: bool = False, windows: int = 1
) -> None:
    kind: FrameKind = "GATED TOMO" if gated else "TOMO"
    rotation = Phase(views, table.draw(*seconds) * 1000)
    raw = _nm(table, kind, f"SPECT {region}", rotation, windows=windows, slots=8 if gated else 1)
    secondary = table.chance(0.5)
    table.also(
        raw,
        description=f"SPECT {region} OSEM",
        image_type=(
            "DERIVED" if secondary else "ORIGINAL",
            "SECONDARY" if secondary else "PRIMARY",
            "RECON TOMO",
            "EMISSION",
        ),
        timing=Frames(raw.timing.start, "RECON TOMO", (Phase(64, 0),), 1),
        verdict=DERIVED,
    )


def _spect_ct(table: Table, region: str, views: int, seconds: tuple[int, int], gated: bool = False) -> None:
    _tomo(table, region, views, seconds, gated)
    if table.machine.ct is not None:
        table.wait(25, 60)
        _ct(table, region, (200, 320), (12, 25))


def _fdg(table: Table) -> None:
    _ct(table, "corps entier", (200, 400), (12, 28))
    table.wait(35, 90)
    fast = "Vision" in table.machine.emission.model
    beds = table.draw(5, 7) if fast else table.draw(7, 9)
    _pet(table, "WB", _one_after_another(*[table.draw(110, 140) if fast else table.draw(115, 140)] * beds), 30)


def _brain_pet(table: Table) -> None:
    _ct(table, "cerveau", (200, 230), (6, 10))
    table.wait(30, 60)
    _pet(table, "cerveau", ((0, table.draw(480, 660) * 1000),), 47)


def _tumour_pet(table: Table) -> None:
    _fdg(table)
    if table.chance(0.3):
        table.wait(60, 120)
        _pet(table, "pelvis", ((0, table.draw(180, 240) * 1000),), 47)


def _fet(table: Table) -> None:
    _ct(table, "cerveau", (200, 230), (6, 10))
    table.wait(30, 60)
    _pet(table, "cerveau dyn", _frames((60, 5), (180, 5), (300, table.draw(2, 3))), 20)


def _frames(*groups: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Return time frames without pause: groups of (seconds, how many)."""
    frames: list[tuple[int, int]] = []
    at = 0
    for seconds, n in groups:
        for _ in range(n):
            frames.append((at, seconds * 1000))
            at += seconds * 1000
    return tuple(frames)


def _rubidium(table: Table) -> None:
    _ct(table, "coeur", (200, 220), (5, 8))
    table.wait(40, 80)
    _pet(table, "repos", _frames((10, 12), (30, 4), (120, 1)), 12)
    table.wait(330, 480)
    _pet(table, "stress", _frames((10, 12), (30, 4), (120, 1)), 12)
    table.wait(20, 40)
    _ct(table, "coeur stress", (200, 220), (5, 8))


def _bone_early(table: Table) -> None:
    _nm(table, "DYNAMIC", "Flux vasculaire", Phase(table.draw(60, 90), 1000), Phase(table.draw(8, 12), 10_000))
    table.wait(10, 30)
    _static(table, "Tissulaire précoce", (150, 240))


def _bone_late(table: Table) -> None:
    _whole_body(table)
    table.wait(30, 75)
    if table.machine.ct is None:
        for view in ("Thorax OAG OAD", "Bassin ANT POST")[: table.draw(1, 2)]:
            _static(table, view, (240, 360))
            table.wait(20, 50)
    else:
        _spect_ct(table, "rachis", 30, (18, 26))


def _heart(table: Table) -> None:
    _spect_ct(table, "myocarde stress", 30, (25, 34), gated=True)


def _ventilation(table: Table) -> None:
    _tomo(table, "ventilation", 32, (15, 20))


def _perfusion(table: Table) -> None:
    _spect_ct(table, "perfusion", 32, (12, 18))


def _kidney(table: Table) -> None:
    flow = Phase(60, 1000)
    uptake = Phase(table.draw(50, 65), 20_000, delay_ms=table.draw(0, 1) * 5000)
    after_furosemide = Phase(table.draw(15, 25), 20_000, delay_ms=10_000)
    phases = (flow, uptake, after_furosemide) if table.chance(0.4) else (flow, uptake)
    _nm(table, "DYNAMIC", "Néphrogramme dyn", *phases, detectors=1)
    if table.chance(0.5):
        table.wait(60, 180)
        _static(table, "Post miction", (60, 120))


def _thyroid(table: Table) -> None:
    _static(table, "Thyroïde ANT", (300, 480))
    if table.chance(0.4):
        table.wait(30, 60)
        _static(table, "Pinhole thyroïde", (180, 300))


def _parathyroid(table: Table) -> None:
    _static(table, "Cou double isotope", (540, 720), windows=2)
    table.wait(40, 70)
    _spect_ct(table, "cou", 30, (18, 24))


def _sentinel(table: Table) -> None:
    for view in ("ANT POST", "LAT G LAT D", "OAG OAD")[: table.draw(2, 3)]:
        _static(table, view, (180, 300))
        table.wait(20, 45)
    if table.machine.ct is not None and table.chance(0.7):
        _spect_ct(table, "drainage", 30, (12, 16))


def _datscan(table: Table) -> None:
    _tomo(table, "cerveau", 60, (25, 30))


_TAKES: Final[dict[str, tuple[Callable[[Table], None], ...]]] = {
    "FDG STAND.": (_fdg,),
    "FDG CERV.": (_brain_pet,),
    "PSMA": (_tumour_pet,),
    "DOTATATE": (_tumour_pet,),
    "FET": (_fet,),
    "COEUR RB": (_rubidium,),
    "OS": (_bone_early, _bone_late),
    "MYOCARDE": (_heart,),
    "V/P POUMON": (_ventilation, _perfusion),
    "REIN DYN.": (_kidney,),
    "THYROIDE": (_thyroid,),
    "PARATHYR.": (_parathyroid,),
    "GANGL. SENT.": (_sentinel,),
    "DATSCAN": (_datscan,),
}


def acquire(
    exam_type: str, part: int, machine: Machine, start: datetime, name: str, rng: np.random.Generator
) -> tuple[SimSeries, ...]:
    """Return the series of one part of an exam type, acquired from `start` on.

    Parameters
    ----------
    exam_type
        One of the catalogue.
    part
        0 for the only part; OS: 0 early, 1 late phase; V/P POUMON: 0 ventilation, 1 perfusion.
    machine
        The machine; without CT it acquires no CT series.
    start
        Start of the first series.
    name
        The protocol's name, for every series.
    rng
        The day's random numbers.
    """
    if machine.emission.time_format == "micro":
        start += timedelta(milliseconds=int(rng.integers(0, 1000)))
    table = Table(machine, rng, start, name, [])
    _TAKES[exam_type][part](table)
    _captures(table)
    return tuple(table.series)


def _captures(table: Table) -> None:
    """Add what devices and workstations store beside the images: captures, reports, fused pictures."""
    emission, ct = table.machine.emission, table.machine.ct
    if ct is not None and table.chance(0.35):
        table.series.append(_capture(table, ct, "CT", "Patient Protocol"))
    if ct is not None and table.chance(0.2):
        table.series.append(replace(_capture(table, ct, "SR", "Dose Report"), storage="SR", image_type=()))
    if table.chance(0.12):
        table.series.append(_capture(table, emission, emission.modality, "Screen Save"))
    if table.chance(0.08):
        table.series.append(
            _capture(table, WORKSTATION, "OT", "Fused PET-CT" if emission.modality == "PT" else "Fused")
        )


def _capture(table: Table, device: Device, modality: str, description: str) -> SimSeries:
    made = table.now + table.draw(60, 600) * _SECOND
    return SimSeries(
        "SC",
        modality,
        device,
        description,
        table.name,
        ("DERIVED", "SECONDARY"),
        Sweep(made, made),
        timed=False,
        verdict=EXCLUDED,
    )
