"""The weekly report of four years: notebooks executed, HTML and PDF, beside the same pages without notebooks."""

from __future__ import annotations

from html import escape
from pathlib import Path

import schedvisu_lib as sv
from benchmarks import stores
from benchmarks.effort import Effort
from benchmarks.measure import Work, compare, measure
from benchmarks.pages import draw
from benchmarks.table import Figure, Part, Row, digits, markdown
from schedvisu_lib import pipeline
from schedvisu_lib.report.browser import print_pdf
from schedvisu_lib.report.exporter import TEMPLATE
from schedvisu_lib.report.pages import report_pages

YEARS = 4


def whole_report(site_file: Path) -> Work:
    """Build the report of all periods and scanners as the weekly run does."""
    site = sv.load_site(site_file)

    def work() -> tuple[list[str], dict[str, float], int]:
        job = pipeline.report(site, stores.whole_report(site), stores.EVENING)
        return job.problems, {step.name: step.seconds for step in job.steps.ended}, len(job.pages)

    return work


def in_one_process(site_file: Path) -> Work:
    """Draw the same figures and tables in this process, and have them printed by one Chromium."""
    site = sv.load_site(site_file)
    pages = report_pages(site, stores.whole_report(site).periods, generated_at=stores.EVENING)
    html = site.report.folder / "one-process.html"

    def work() -> int:
        sections = [f'<section class="page {escape(page.kind)}">{draw(page)}</section>' for page in pages]
        style = (TEMPLATE / "page.css").read_text(encoding="utf-8")
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(
            f'<!DOCTYPE html><head><meta charset="utf-8"><style>{style}</style></head><main>{"".join(sections)}</main>',
            encoding="utf-8",
        )
        print_pdf(html, html.with_suffix(".pdf"), browser=site.report.browser)
        return len(pages)

    return work


def run(folder: Path, effort: Effort) -> Part:
    """Measure."""
    file = stores.make_consolidated(folder / "report", years=YEARS)
    pair = compare(lambda: measure(whole_report, file), lambda: measure(in_one_process, file), effort.runs)
    problems, steps, n_pages = pair.ours.told
    if problems or n_pages != pair.floor.told:
        raise SystemExit(f"the report was not whole: {n_pages} of {pair.floor.told} pages, {problems}")
    row = Row(
        f"report of {n_pages} pages, {YEARS} years: executed, HTML and PDF",
        (Figure(pair.ours.cpu, "s CPU", 30), Figure(pair.ours.megabytes, "MB")),
        (Figure(pair.floor.cpu, "s CPU"), "the same figures and tables in one process, one Chromium print"),
        Figure(pair.ratio, "", 1.5),
    )
    table = markdown(["step of the last run", "s"], [(name, digits(took)) for name, took in steps.items()])
    return Part((row,), f"## The report's steps\n\n{digits(pair.ours.wall)} s on the clock.\n\n{table}")
