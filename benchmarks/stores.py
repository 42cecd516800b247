"""What is measured with: stores of the simulated hospital, from one year to sixteen and from 5 scanners to 40.

What the hospital did is simulated once and kept in ``benchmarks/.data`` until something of it changes. More scanners
are more hospitals, each with a demand of its own, whose machines have other names.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from inspect import getsource
from pathlib import Path
from socket import socket
from typing import Any, Final

import pandas as pd
import yaml

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import Choice, choose
from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.session import demo_site_file
from schedvisu_lib.demo.truth import true_series
from schedvisu_lib.pacs.pseudonym import make_key
from schedvisu_lib.periods import working_days
from schedvisu_lib.tables import SERIES

LAST: Final = date(2025, 12, 19)
"""The last stored day: the last Friday of a year, with all its periods from weekly to multi-year."""
EVENING: Final = datetime.combine(LAST, time(23))
WEEK: Final = LAST - timedelta(days=4)
"""The Monday of the last week."""
SCANNERS: Final = 5
"""Of one hospital."""
_DATA: Final = Path(__file__).parent / ".data"
_SEED: Final = 2019


def empty_site(folder: Path, *, years: int, hospitals: int = 1) -> Path:
    """Write the site file of one or more hospitals into a new folder, where all that it names goes as well."""
    folder.mkdir(parents=True)
    file = folder / "site.yaml"
    content = _site(yaml.safe_load(demo_site_file().read_text(encoding="utf-8")), LAST.year + 1 - years, hospitals)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def make_site(folder: Path, *, years: int, hospitals: int = 1) -> Path:
    """Write a site file, and beside it the store of the years that end with 2025, series alone.

    Parameters
    ----------
    folder
        Where all files of the site go; it is made.
    years
        How many are stored.
    hospitals
        How many hospitals of five scanners the site has.

    Returns
    -------
    Path
        The site file.
    """
    which = range(LAST.year + 1 - years, LAST.year + 1)
    simulated = _simulated([(hospital, year) for hospital in range(hospitals) for year in which])
    file = empty_site(folder, years=years, hospitals=hospitals)
    make_key(sv.load_site(file).privacy.key_file)  # else nobody would dare to retrieve more into a store with days
    if hospitals == 1:
        for year in which:
            shutil.copytree(simulated / "0" / str(year), folder / "store" / "series" / str(year))
    else:
        site = sv.load_site(file)
        store = sv.open_store(site)
        for day in working_days(site.calendar, date(which[0], 1, 1), LAST):
            store.write_day(day, pd.concat([_day_of(simulated, hospital, day) for hospital in range(hospitals)]))
    return file


def make_consolidated(folder: Path, *, years: int, hospitals: int = 1) -> Path:
    """Write a site as :func:`make_site` does, with its exams."""
    file = make_site(folder, years=years, hospitals=hospitals)
    pipeline.consolidate_store(sv.load_site(file))
    return file


def take_last_week(file: Path) -> dict[date, pd.DataFrame]:
    """Take the last week out of a store, make its exams without it, and return the series of each day."""
    site = sv.load_site(file)
    store = sv.open_store(site)
    taken = {day: store.series(day, day) for day in store.stored_days(WEEK, LAST)}
    for day in taken:
        day_file(site, day).unlink()
    pipeline.consolidate_store(site)
    return taken


def give_back(file: Path, taken: dict[date, pd.DataFrame]) -> None:
    """Store the days again that were taken out."""
    store = sv.open_store(sv.load_site(file))
    for day, rows in taken.items():
        store.write_day(day, rows)


def whole_report(site: sv.Site, scanners: Iterable[str] = ()) -> Choice:
    """Return the report of all periods as on the evening of the last day."""
    return choose(site, EVENING, scanners=tuple(scanners))


def day_file(site: sv.Site, day: date) -> Path:
    """Return the file of a day's series."""
    return site.store.folder / "series" / f"{day:%Y}" / f"{day:%Y%m%d}.parquet"


def _site(content: dict[str, Any], first_year: int, hospitals: int) -> dict[str, Any]:
    """Return the demo's site with everything beside its file, on a free port, and with more scanners."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        content["pacs"]["port"] = free.getsockname()[1]
    content["store"]["folder"] = "store"
    content["privacy"]["key_file"] = "pseudonym.key"
    content["report"]["folder"] = "report"
    content["mail"]["outbox"] = "mail"
    content["log"]["folder"] = "log"
    content["periods"]["first_year"] = first_year
    content["scanners"] = [
        scanner | {"name": _named(scanner["name"], n), "models": [_named(model, n) for model in scanner["models"]]}
        for n in range(hospitals)
        for scanner in content["scanners"]
    ]
    for kind in content["exam_types"]:
        kind["scanners"] = [_named(name, n) for n in range(hospitals) for name in kind["scanners"]]
    return content


def _named(name: str, hospital: int) -> str:
    """Return what a scanner or model of a further hospital is called."""
    return f"{name} no {hospital + 1}" if hospital else name


def _day_of(simulated: Path, hospital: int, day: date) -> pd.DataFrame:
    rows = pd.read_parquet(simulated / str(hospital) / f"{day:%Y}" / f"{day:%Y%m%d}.parquet", columns=SERIES.names)
    return rows.assign(
        model=rows["model"].map(lambda model: _named(model, hospital)), patient=rows["patient"] + f"-{hospital}"
    )


def _simulated(years: Iterable[tuple[int, int]]) -> Path:
    """Return the folder that holds ``<hospital>/<year>/<day>.parquet``; years that are not there are simulated."""
    folder = _DATA / _key()
    lacking = [(folder, *one) for one in years if not folder.joinpath(*map(str, one)).exists()]
    if lacking:
        for old in _DATA.glob("*"):
            if old != folder:
                shutil.rmtree(old)
        print(f"simulating {len(lacking)} years of the hospital", flush=True)
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_simulate, *zip(*lacking, strict=True)))
    return folder


def _simulate(folder: Path, number: int, year: int) -> None:
    half = folder / f"half-{number}-{year}"
    shutil.rmtree(half, ignore_errors=True)
    site = sv.load_site(demo_site_file())
    site = site.model_copy(update={"store": site.store.model_copy(update={"folder": half})})
    store, hospital = sv.open_store(site), Hospital(site, _SEED + number, last_day=LAST)
    for day in working_days(site.calendar, date(year, 1, 1), min(date(year, 12, 31), LAST)):
        store.write_day(day, true_series(hospital, day))
    whole = folder / str(number) / str(year)
    whole.parent.mkdir(exist_ok=True)
    (half / "series" / str(year)).rename(whole)
    shutil.rmtree(half)


def _key() -> str:
    """Return a name that changes with what the simulated stores are made from."""
    package = Path(sv.__file__).parent
    sources = [*sorted((package / "demo").glob("*.py")), package / "tables.py", package / "parquet_files.py"]
    texts = [file.read_bytes() for file in (*sources, demo_site_file())]
    texts.append(f"{LAST} {_SEED} {getsource(_simulate)}".encode())
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]
