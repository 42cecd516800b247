"""Data quality and the exams to check stay one sheet each, whatever is wrong and however long the names are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib.figures.checks import ChecksPage
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.quality import QualityPage
from schedvisu_lib.periods import Period
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.tables import PLANNED, VERDICTS, empty
from tests.conftest import build_series, build_studies, write_site_file

FIRST, LAST = date(2026, 4, 13), date(2026, 5, 1)
PERIOD, MADE = Period("3 weeks", FIRST, LAST), datetime(2026, 5, 2, 1)
CSS = Path(sv.__file__).parent / "report" / "template" / "page.css"
N = 12
"""Scanners of the site."""


def faulty_site(folder: Path, many: int) -> sv.Site:
    """Twelve scanners of two devices, and as many types with many patterns; names have so many letters more."""
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-17:00")
    slots = dict.fromkeys(hours, 9)
    scanners = [
        {
            "name": f"SCANNER {n:02d} {'M' * many}",
            "models": [model(n, 0, many), model(n, 1, many)],
            "hours": hours,
            "slots": slots,
        }
        for n in range(N)
    ]
    types = [
        {"name": f"TYPE {n:02d} {'W' * many}", "patterns": [f"muster{n:02d}{letter * many}" for letter in "abcd"]}
        for n in range(N)
    ]
    return sv.load_site(write_site_file(folder, scanners=scanners, exam_types=types, calendar={"closures": []}))


def model(scanner: int, device: int, many: int) -> str:
    return f"Model_{scanner:02d}_{'PC'[device]}_{'W' * many}"


def description(n: int, many: int) -> str:
    return f"Étude n. {n:02d} {'Szintigraphie / ' * (many // 10)}"


def faulty_series(many: int) -> pd.DataFrame:
    """Every verdict on every scanner for many reasons, mixed studies, and images of two devices that overlap."""
    rows = []
    for n in range(N):
        for day in pd.date_range(FIRST, LAST, freq="B"):
            start = day + pd.Timedelta(hours=8, minutes=n)
            study = {"study_uid": f"{n}.{day:%m%d}", "start": start, "end": start + pd.Timedelta(minutes=9)}
            rows += [study | {"model": model(n, k, many), "modality": ("PT", "CT")[k]} for k in range(2)]
            foreign = {"study_uid": f"mixed {n}.{day:%m%d}", "model": f"Foreign {day.day} {'X' * many}"}
            rows.append(study | foreign)
            for verdict in VERDICTS[1:]:
                reason = f"{verdict} {description((n + day.day) % 30, many)}[{verdict}, way {n}]"
                rows.append(study | {"model": model(n, 0, many), "verdict": verdict, "reason": reason})
    return build_series(rows)


def faulty_studies(site: sv.Site, many: int) -> pd.DataFrame:
    """Overlaps, exams of no length and of half a day, unknown descriptions, and days of one exam."""
    rows = []
    for n, scanner in enumerate(site.scanner_names):
        for day in pd.date_range(FIRST - timedelta(weeks=12), LAST, freq="B"):
            few = day.date() >= FIRST and day.day_of_week == n % 5
            for k in range(1 if few else 9):
                start = day + pd.Timedelta(hours=8 + k)
                kind = {"exam_type": "OTHER", "study_description": description((n + k) % 40, many)}
                minutes = (0, 300, 70)[(n + k) % 3]
                rows.append({"scanner": scanner, "start": start, "end": start + pd.Timedelta(minutes=minutes)} | kind)
            known = {"exam_type": site.exam_types[n].name, "study_description": f"{description(n, many)}x"}
            rows.append({"scanner": scanner, "start": day, "end": day + pd.Timedelta(minutes=9)} | known)
    return build_studies(rows)


def delays(site: sv.Site) -> pd.DataFrame:
    days = pd.date_range(FIRST, LAST, freq="B")
    rows = [
        {"date": day, "model": scanner.models[0], "n_studies": 5, "median": 600.0 + 900 * (n % 2), "spread": 30.0}
        for n, scanner in enumerate(site.scanners)
        for day in days
    ]
    return pd.DataFrame(rows).astype({"date": "datetime64[us]"})


def quality_parts(site: sv.Site, series: pd.DataFrame) -> list[Html]:
    page = QualityPage(site, PERIOD, MADE)
    days = pd.date_range(FIRST, LAST, freq="B", name="date")
    states = pd.DataFrame(
        {"stored": True, "n_failed": days.day, "attempts": days.day % 9, "open": days.day % 2 > 0}, days
    )
    return [page.header(), page.series(series), page.days(states, series, []), page.ways(series), page.notes()]


def check_parts(site: sv.Site, series: pd.DataFrame, many: int) -> list[Html]:
    page = ChecksPage(site, PERIOD, MADE)
    studies = faulty_studies(site, many)
    stored = [day.date() for day in pd.date_range(page.known_from, LAST, freq="B")]
    return [
        page.header(),
        page.unmapped(studies),
        page.mixed_and_unusual(series, studies, stored),
        page.implausible(studies),
        page.overlaps(studies),
        page.clocks(delays(site), series, studies, empty(PLANNED), stored),
        page.notes(),
    ]


def test_both_stay_one_sheet_with_many_faults_and_names_short_or_long(installed_browser: Path, tmp_path: Path) -> None:
    pages = []
    for many in (1, 40):
        site, series = faulty_site(tmp_path, many), faulty_series(many)
        pages.append(("data-quality", quality_parts(site, series)))
        pages.append(("exams-to-check", check_parts(site, series, many)))
        for part in (pages[-2][1][2], *pages[-1][1][1:6]):
            assert "de plus" in part.text  # it was full, and says so
    body = "".join(element("section", parts, f"page {kind}").text for kind, parts in pages)
    file = tmp_path / "pages.html"
    file.write_text(f'<meta charset="utf-8"><style>{CSS.read_text(encoding="utf-8")}</style>{body}', encoding="utf-8")
    print_pdf(file, tmp_path / "pages.pdf", browser=str(installed_browser))
    assert len(PdfReader(tmp_path / "pages.pdf").pages) == len(pages)
