"""What each printed number means: the rules in one sentence each, as the report's notes print them."""

from __future__ import annotations

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.plan_effect import TOLERANCE


def page_notes(site: Site, scanner: str) -> Html:
    """Return the notes under a scanner's page, with the settings of the scanner filled in."""
    t = language(site.report.language)
    machine = site.scanner(scanner)
    return _notes(
        t,
        t(
            "Exam: one take of a study, from the first image to the last; takes are parted by a pause of more than "
            "{minutes} min or by another study.",
            minutes=_minutes(machine.take_gap / 60, t),
        ),
        t(
            "Preparation: {minutes} min before and after the images; neighbours share an overlap.",
            minutes=_minutes(machine.preparation, t),
        ),
        t("Gap: idle time between two prepared exams of a day, from {minutes} min.", minutes=_minutes(machine.gap, t)),
        *_count_notes(t),
        t("Durations are those of the images, without preparation."),
    )


def overview_notes(site: Site) -> Html:
    """Return the notes under the overview."""
    t = language(site.report.language)
    return _notes(
        t,
        *_count_notes(t),
        t(
            "First start and last end: median over the days with exams. Turnover: median time from the end of one "
            "exam's images to the start of the next one's; an overlap counts as zero."
        ),
        t("Overtime, idle before first and idle after last: sums against the opening hours."),
        t("The second line is the change against the previous equal period."),
    )


def quality_notes(site: Site) -> Html:
    """Return the notes under data quality."""
    t = language(site.report.language)
    return _notes(
        t,
        t("Every series that the archive listed has one verdict; only kept ones make exams."),
        t("An exam of type OTHER fits no pattern of the site file's exam_types; add one to name it."),
        t("A mixed study has models of several or unknown devices, or no PT or NM series: it makes no exam."),
    )


def plan_notes(site: Site) -> Html:
    """Return the notes under a page of plan and effect."""
    t = language(site.report.language)
    tolerance = site.planned.tolerance if site.planned else TOLERANCE
    return _notes(
        t,
        t("Appointments: what was booked; those that were cancelled, or moved to another day in time, do not count."),
        t(
            "Done: by the exam of the appointment's study on its day, else of its patient on the scanner and day, else "
            "(where the plan names neither) by the next one in time within {minutes} min.",
            minutes=_minutes(tolerance, t),
        ),
        t("Not done: no exam of it was found. Elsewhere: done on another scanner."),
        t("Unplanned: an exam for which the plan of the scanner had no appointment on its day."),
        t("Appointments of one encounter count once; a further take of a planned study is not unplanned."),
        t("Start delay: first image less planned start of what was done on the scanner."),
    )


def _count_notes(t: Language) -> tuple[str, ...]:
    return (
        t("Slots: what the scanner could have taken on its open days; holidays and closures have none."),
        t(
            "Utilisation: exams / slots. Occupancy: time with prepared exams / opening hours; overlapping exams count "
            "once."
        ),
    )


def _minutes(value: float, t: Language) -> str:
    """Write minutes with one decimal where they are not whole."""
    return t.number(value, 1 if value % 1 else 0)


def _notes(t: Language, *sentences: str) -> Html:
    title = element("strong", t("Notes"))
    return element("p", [title, *(element("span", f" {sentence}") for sentence in sentences)], "notes")
