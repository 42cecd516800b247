"""Scanner pages of every kind fit their sheets of paper, printed by a real browser."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pikepdf
from pypdf import PdfReader

import schedvisu_lib as sv
from schedvisu_lib.figures.page import ScannerPage
from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import ExamType, Service
from tests.conftest import build_studies

CSS = Path(sv.__file__).parent / "report" / "template" / "page.css"
FIRST = date(2025, 1, 6)


def crowded_site(site: sv.Site, n_types: int) -> sv.Site:
    """Return a site with long names, whose scanner has all that notes and legend can explain."""
    first, *others = site.scanners
    service = (Service(first=FIRST, last=FIRST, hours=Hours(opens="08:00", closes="11:00")),)
    machine = first.model_copy(
        update={
            "name": "Gamma-caméra SPECT-CT du bâtiment hospitalier principal, deuxième étage",
            "lunch": Hours(opens="12:00", closes="13:00"),
            "service": (*service, Service(first=FIRST + timedelta(days=1), last=FIRST + timedelta(days=1))),
        }
    )
    kinds = tuple(
        ExamType(name=f"SCINTIGRAPHIE OSSEUSE PHASE {n:02d}", patterns=("x",), takes_apart=n < 3)
        for n in range(n_types)
    )
    return site.model_copy(update={"scanners": (machine, *others), "exam_types": kinds})


def crowded_studies(site: sv.Site, days: list[date]) -> pd.DataFrame:
    """Return exams of every type in both takes, with each class of gap."""
    rows = []
    for place, kind in enumerate(site.exam_types):
        start = pd.Timestamp(days[place % len(days)]) + pd.Timedelta(hours=7)
        common = {"scanner": site.scanners[0].name, "exam_type": kind.name, "n_takes": 2}
        for take, hours in ((1, 0.5), (2, 4.0), (1, 4.8), (2, 6.2), (1, 6.8), (2, 13)):
            begin = start + pd.Timedelta(hours=hours)
            rows.append({"start": begin, "end": begin + pd.Timedelta(minutes=20 + place), "take": take, **common})
    return build_studies(rows).sort_values(["start", "take"], ignore_index=True)


def pictures_in(pdf: Path) -> list[str]:
    """Return the raster pictures of a PDF, wherever it keeps them: also within patterns, where gradients end up."""
    with pikepdf.open(pdf) as document:
        streams = (item for item in document.objects if isinstance(item, pikepdf.Stream))
        return [repr(item) for item in streams if item.get("/Subtype") == "/Image"]


def test_each_page_takes_one_sheet_and_holds_no_raster_picture(
    installed_browser: Path, demo_site: sv.Site, tmp_path: Path
) -> None:
    sections = []
    for n_types, n_days in ((9, 1), (15, 11), (15, 130)):
        site = crowded_site(demo_site, n_types)
        days = working_days(site.calendar, FIRST, FIRST + timedelta(days=400))[:n_days]
        period = Period("monthly", days[0], days[-1])
        studies = crowded_studies(site, days)
        page = ScannerPage(site, site.scanners[0].name, period, datetime(2026, 5, 23, 1, 30))
        parts = [page.header(), page.agenda(studies, studies), page.legend(studies, studies)]
        parts += [page.counts(studies), page.durations(studies), page.notes()]
        sections.append(f'<section class="page scanner-page">{"".join(part.text for part in parts)}</section>')
    html = tmp_path / "pages.html"
    style = f"<style>{CSS.read_text(encoding='utf-8')}</style>"
    html.write_text(f"<!DOCTYPE html><title>Pages</title>{style}<main>{''.join(sections)}</main>", "utf-8")
    print_pdf(html, tmp_path / "pages.pdf", browser=str(installed_browser))
    assert len(PdfReader(tmp_path / "pages.pdf").pages) == len(sections)
    assert pictures_in(tmp_path / "pages.pdf") == []
