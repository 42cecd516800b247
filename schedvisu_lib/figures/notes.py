"""What each printed number means: the rules in one sentence each, as the report's notes print them."""

from __future__ import annotations

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.language import Language, language
from schedvisu_lib.settings.scanners import Scanner
from schedvisu_lib.studies.clocks import LEAST_SCANNERS, LEAST_STUDIES
from schedvisu_lib.studies.plan_effect import TOLERANCE
from schedvisu_lib.studies.stands_out import LEAST_EXAMS
from schedvisu_lib.studies.suggestions import LEAST_SIMILAR
from schedvisu_lib.studies.trends import N_PERIODS
from schedvisu_lib.studies.unusual_days import LEAST_DAYS


def page_notes(site: Site, scanner: str, *further: str) -> Html:
    """Return the notes under a scanner's page, with the settings of the scanner filled in; further sentences last."""
    return _notes(language(site.report.language), *page_sentences(site, scanner), *further)


def long_page_notes(site: Site, scanner: str, *further: str) -> Html:
    """Return the notes under a scanner's page with an hour profile; further sentences last."""
    t = language(site.report.language)
    return _notes(t, *page_sentences(site, scanner), *profile_sentences(t), *further)


def chosen_sentence(t: Language) -> str:
    """Return what the numbers of a page are that shows some of the exams."""
    return t(
        "Numbers of exams, occupancy and durations are those of the chosen exams; slots, opening hours, turnovers and "
        "gaps those of all."
    )


def profile_sentences(t: Language) -> tuple[str, ...]:
    """Return what the hour profile beside long agendas shows."""
    return (
        t(
            "Profile: share of the open days on which exams run in a quarter of an hour, exams at the same time added "
            "up; grey line: all types in the equal period before, if all its days were retrieved."
        ),
    )


def page_sentences(site: Site, scanner: str) -> tuple[str, ...]:
    """Return the sentences that define the numbers of a scanner's page, with its settings filled in."""
    t = language(site.report.language)
    machine = site.scanner(scanner)
    return (
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
        *_class_notes(machine, t),
        t(
            "Turnover: from the latest end of images so far to the next first image, unless a gap parts the two; an "
            "overlap counts as zero."
        ),
        *_count_notes(t),
        t("Durations are those of the images, without preparation."),
    )


def overview_notes(site: Site) -> Html:
    """Return the notes under the overview, with the thresholds of what stands out filled in."""
    t = language(site.report.language)
    return _notes(
        t,
        *_count_notes(t),
        t(
            "Gaps: idle time between two prepared exams of a day, from each scanner's threshold; time of gaps: their "
            "sum."
        ),
        t(
            "First start and last end: median over the days with exams. Turnover: median time from the end of one "
            "exam's images to the start of the next one's, unless a gap lies between; an overlap counts as zero."
        ),
        t("Overtime, idle before first and idle after last: sums against the opening hours."),
        t(
            "The second line is the change against the previous equal period. Lines: this and the {n} equal periods "
            "before, this one marked; those of times of the day on a scale of their own, all others from zero. A "
            "period of which the store lacks an open day has neither.",
            n=N_PERIODS - 1,
        ),
        *_stands_out_notes(site, t),
        t("Bars: how many exams of each type, and of all types at their end."),
    )


def _stands_out_notes(site: Site, t: Language) -> tuple[str, ...]:
    """Return the rules of what stands out that the site has not switched off."""
    limits = site.report.stands_out
    rules = []
    if limits.empty_days:
        rules.append(t("open days without exam, unless the scanner has no opening hours or is out of service"))
    if limits.occupancy is not None:
        rules.append(t("an occupancy below {limit}", limit=_percent(limits.occupancy, t)))
    if limits.gap is not None:
        rules.append(
            t(
                "holes (gaps neither at lunch nor out of service) from {limit} min within the opening hours",
                limit=_minutes(limits.gap, t),
            )
        )
    if limits.overtime is not None:
        rules.append(t("overtime of a day beyond {limit} min", limit=_minutes(limits.overtime, t)))
    if limits.duration is not None:
        rules.append(
            t(
                "exams longer than {limit} of those of their type (and take, where kept apart) on the scanner in the "
                "{n} equal periods before, if these are {least} at least",
                limit=_percent(limits.duration, t),
                n=N_PERIODS,
                least=LEAST_EXAMS,
            )
        )
    return (t("What stands out: {rules}.", rules=t("; ").join(rules)),) if rules else ()


def hours_notes(site: Site) -> Html:
    """Return the notes under the week and the maps of occupancy."""
    t = language(site.report.language)
    return _notes(
        t,
        t(
            "Map: mean share of each hour with prepared exams, in percent; overlapping exams count once. The days are "
            "those of this and the {n} equal periods before, on which the scanner was open and not out of service, as "
            "far as they are in the store.",
            n=N_PERIODS - 1,
        ),
        t(
            "Frames: opening hours; hours far from them are not drawn. What runs past midnight is not counted.",
        ),
        t("Week: a box per exam in the colour of its type, preparation paler; grey: closed, darker: out of service."),
    )


def quality_notes(site: Site) -> Html:
    """Return the notes under data quality."""
    t = language(site.report.language)
    return _notes(
        t,
        t("Every series that the archive listed stands in one cell of the first table, so that these add up to all."),
        t("Only kept series make exams; those of one patient, scanner, start and end count once."),
        t("A series stands under the scanner of its model; without a model, under that of its study."),
        t(
            "A mixed study has models of several scanners or of unknown devices, or no PT or NM series: it makes no "
            "exam."
        ),
        t("Way: how the header came that a verdict was judged by; a series left out by its name has none."),
        t(
            "A day with failed series is asked for in up to {n} runs, then given up; one that is not retrieved, by "
            "every run. Commands take --site where the site file is not params/site.yaml.",
            n=site.store.retries + 1,
        ),
        t("Judged by other settings: the site file left out other series when the day was retrieved."),
    )


def checks_notes(site: Site) -> Html:
    """Return the notes under the exams to check."""
    t = language(site.report.language)
    quality = site.report.quality
    return _notes(
        t,
        t("Without an exam type: fits no pattern of the site file's exam_types, and counts as OTHER."),
        t(
            "Most similar: the known type whose descriptions of the last year, or whose patterns, are spelt most alike "
            "(share of letters in common, from {percent}; lower case, without spaces and signs).",
            percent=t.percent(LEAST_SIMILAR / 100),
        ),
        t(
            "A mixed study has models of several scanners or of unknown devices, or no PT or NM series: it makes no "
            "exam."
        ),
        t(
            "Far fewer exams: less than {percent} of the usual, the median of the same weekday over the 12 weeks "
            "before, if at least {n} such days are known; only open days that are stored and not out of service.",
            percent=t.percent(quality.few_exams / 100),
            n=LEAST_DAYS,
        ),
        t("Longer than can be: more than {minutes} min.", minutes=_minutes(quality.longest_exam, t)),
        t(
            "Overlap: an exam whose images begin before the latest end so far on the scanner; takes of a study never "
            "overlap, and exams of types with one_encounter are left out. In brackets their sum."
        ),
        t(
            "Clock: looks wrong where the median differs from the usual by more than {minutes} min and half of the "
            "values lie within a stretch (spread) no longer than that difference; from {n} studies.",
            minutes=_minutes(quality.clock, t),
            n=LEAST_STUDIES,
        ),
        t(
            "Study Time: time from it to the first image; appointments: from the planned start to it; usual is the "
            "median of the scanners, if they are at least {n}. A Study Time that the device itself writes tells "
            "nothing.",
            n=LEAST_SCANNERS,
        ),
        t(
            "Its other device: between the images of two devices of one scanner in a study, negative where they "
            "overlap; usual is 0."
        ),
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
        t(
            "Open days: those on which the department works and the scanner is not out of service all day. Slots: what "
            "it could have taken on them; part of a day out of service takes its share, of the opening hours too."
        ),
        t(
            "Utilisation: exams / slots. Occupancy: time with prepared exams / opening hours; overlapping exams count "
            "once."
        ),
        t("Exams on closed days count, too."),
    )


def _class_notes(machine: Scanner, t: Language) -> list[str]:
    """Say which gaps have a reason, as far as the scanner's settings name one."""
    known = []
    if machine.lunch is not None:
        hours = {"opens": f"{machine.lunch.opens:%H:%M}", "closes": f"{machine.lunch.closes:%H:%M}"}
        known.append(t("Lunch: a gap of which at least half lies from {opens} to {closes}.", **hours))
    if machine.service:
        known.append(t("Out of service: a gap of which at least half lies in time out of service."))
    return [*known, t("Hole: a gap without such a reason.") if known else t("Hole: a gap without a known reason.")]


def _minutes(value: float, t: Language) -> str:
    """Write minutes with one decimal where they are not whole."""
    return t.number(value, 1 if value % 1 else 0)


def _percent(value: float, t: Language) -> str:
    """Write percent with one decimal where they are not whole."""
    return t.percent(value / 100, 1 if value % 1 else 0)


def _notes(t: Language, *sentences: str) -> Html:
    title = element("strong", t("Notes"))
    return element("p", [title, *(element("span", f" {sentence}") for sentence in sentences)], "notes")
