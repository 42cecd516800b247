"""The tables of the page "exams to check"."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from schedvisu_lib.figures.check_tables import (
    clocks_html,
    implausible_html,
    mixed_html,
    overlaps_html,
    unmapped_html,
    unusual_days_html,
)
from schedvisu_lib.language import language
from schedvisu_lib.studies.clocks import OTHER_DEVICE, STUDY_TIME

FR = language("fr")
D690, VISION = "Discovery 690", "Vision 600"
NASTY = '<b>&"'
MONDAY = pd.Timestamp("2026-05-04")


def at(clock: str) -> pd.Timestamp:
    return pd.Timestamp(f"2026-05-04 {clock}")


def suggestions(*rows):
    return pd.DataFrame(rows, columns=["scanner", "study_description", "n", "nearest", "similarity", "suggested"])


def pasted(html):
    return [pre.get_text() for pre in BeautifulSoup(html.text, "html.parser").find_all("pre")]


def test_descriptions_with_the_most_similar_type_and_the_line(demo_site, rows):
    html = unmapped_html(
        suggestions(
            (VISION, "PETCT FDG standart", 3, "FDG STAND.", 94.4, "FDG STAND."),
            (D690, "zzz", 1, "FET", 40.0, "ZZZ"),
            (D690, "", 1, "", float("nan"), ""),
        ),
        demo_site,
    )
    alike, unlike = "FDG STAND. (94\xa0%)", "aucun\xa0; le plus proche\xa0: FET (40\xa0%)"
    assert rows(html)[1:] == [
        ["PETCT FDG standart", VISION, alike, "3"],
        ["zzz", D690, unlike, "1"],
        ["–", D690, "–", "1"],
    ]
    assert pasted(html) == [
        "- {name: FDG STAND., patterns: ['petctfdg(corpsentier|standard)?', 'tepctfdg.*', 'petctfdgstandart'], "
        "scanners: [Discovery 690, Vision 600]}\n- {name: ZZZ, patterns: ['zzz']}"
    ]


def test_lines_are_whole_or_counted(demo_site):
    many = suggestions(
        *((D690, f"{'z' * 60}{n:03d}", 1, "", float("nan"), f"NEW {'Z' * 60}{n:03d}") for n in range(40))
    )
    html = unmapped_html(many, demo_site)
    [block] = pasted(html)
    lines = block.split("\n")
    assert 0 < len(lines) < 40
    assert all(line.startswith("- {name: NEW") and line.endswith("']}") for line in lines)
    assert f"et {40 - len(lines)} de plus" in html.text


def test_a_line_that_is_too_long_keeps_out_no_other(demo_site, one_type):
    site = one_type("FDG STAND.", patterns=tuple(f"{'x' * 60}{n}" for n in range(20)))
    html = unmapped_html(
        suggestions(
            (VISION, "PETCT FDG standart", 3, "FDG STAND.", 94.4, "FDG STAND."),
            (D690, "zzz", 1, "", float("nan"), "ZZZ"),
        ),
        site,
    )
    assert pasted(html) == ["- {name: ZZZ, patterns: ['zzz']}"]
    assert "et 1 de plus" in html.text


def test_mixed_studies_and_unusual_days(demo_site, rows):
    mixed = pd.DataFrame({"models": ["A + B"], "modalities": ["CT + PT"], "n_studies": [2], "last": [at("08:00")]})
    assert rows(mixed_html(mixed, demo_site))[1:] == [["A + B", "CT + PT", "04.05.2026 08:00", "2"]]
    unusual = pd.DataFrame({"date": [MONDAY], "scanner": [D690], "exams": [2], "usual": [9.5], "n_days": [12]})
    assert rows(unusual_days_html(unusual, demo_site))[1:] == [["lun. 04.05.2026", D690, "2", "9,5", "12"]]


def exams(**more):
    columns = {"date": MONDAY, "scanner": D690, "exam_type": "OTHER", "start": at("08:00:00"), "end": at("08:00:30")}
    return pd.DataFrame([columns | more])


def test_implausible_exams_are_told_to_the_second(demo_site, rows):
    html = implausible_html(exams(minutes=0.5), demo_site)
    assert rows(html)[1:] == [["lun. 04.05.2026", D690, "AUTRE", "08:00:00", "08:00:30", "0,5"]]
    over_midnight = exams(end=pd.Timestamp("2026-05-05 01:00"), minutes=1020.0)
    assert rows(implausible_html(over_midnight, demo_site))[1][4] == "05.05 01:00:00"


def test_overlaps_name_both_exams(demo_site, rows):
    other = {"other_type": "PSMA", "other_start": at("07:50"), "other_end": at("08:10"), "minutes": 0.5}
    html = overlaps_html(exams(**other), demo_site)
    assert rows(html)[1:] == [["lun. 04.05.2026", D690, "AUTRE", "08:00–08:00", "PSMA", "07:50–08:10", "0,5"]]
    assert f"{D690}\N{NO-BREAK SPACE}: 1 (1 min)" in html.text


def signs(*rows):
    columns = ["scanner", "device", "against", "n", "median", "spread", "usual", "difference", "wrong"]
    return pd.DataFrame(rows, columns=columns)


NAN = float("nan")


def test_clocks_that_look_wrong_come_first(demo_site, rows):
    table = signs(
        (D690, D690, STUDY_TIME, 40, 8.0, 3.0, 9.0, -1.0, False),
        (D690, "A / B", OTHER_DEVICE, 3, 1.0, 0.5, 0.0, 1.0, False),
        (VISION, "B", STUDY_TIME, 40, 21.0, 3.0, 9.0, 12.0, True),
        ("Millennium", "C", STUDY_TIME, 40, 21.0, 3.0, NAN, NAN, False),
    )
    html = clocks_html(table, {date(2026, 5, 4)}, [date(2026, 5, 4), date(2026, 5, 5)], demo_site)
    found = rows(html)[1:]
    assert [row[0] for row in found] == [VISION, D690, D690, "Millennium"]
    assert [row[3] for row in found] == ["semble déréglée", "habituelle", "trop peu", "inconnu"]
    assert found[1] == [D690, D690, "Study Time", "habituelle", "40", "8,0", "3,0", "9,0", "−1,0"]
    assert "connu pour 1 des 2 jours" in html.text


def test_everything_from_outside_is_escaped(demo_site):
    shown = [
        unmapped_html(suggestions((NASTY, NASTY, 1, "", NAN, NASTY)), demo_site),
        mixed_html(
            pd.DataFrame({"models": [NASTY], "modalities": [NASTY], "n_studies": [2], "last": [MONDAY]}), demo_site
        ),
        unusual_days_html(
            pd.DataFrame({"date": [MONDAY], "scanner": [NASTY], "exams": [2], "usual": [9.5], "n_days": [12]}),
            demo_site,
        ),
        implausible_html(exams(scanner=NASTY, exam_type=NASTY, minutes=0.5), demo_site),
        overlaps_html(
            exams(exam_type=NASTY, other_type=NASTY, other_start=MONDAY, other_end=MONDAY, minutes=1.0), demo_site
        ),
        clocks_html(signs((NASTY, NASTY, STUDY_TIME, 1, 1.0, 1.0, 1.0, 1.0, False)), (), (), demo_site),
    ]
    for html in shown:
        assert "&lt;b&gt;&amp;&quot;" in html.text
        assert "<b>" not in html.text


@pytest.mark.parametrize("code", ["fr", "en"])
def test_nothing_to_check_says_so(site_with, code):
    site = site_with(report={"language": code})
    nothing = language(code)("None.")
    for show, table in [(implausible_html, exams(minutes=0)), (unusual_days_html, exams(exams=0))]:
        assert nothing in show(table.iloc[:0], site).text
