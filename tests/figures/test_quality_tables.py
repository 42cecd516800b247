"""The tables of the data-quality page."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.quality_tables import days_html, verdicts_html, ways_html
from schedvisu_lib.language import language
from schedvisu_lib.studies.quality import COUNTS, series_fates, verdict_counts
from schedvisu_lib.tables import SERIES, empty
from tests.conftest import write_site_file

FR = language("fr")
D690 = "Discovery 690"
TIME = {"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}
NASTY = '<b>&"'


def whole(text: str) -> int:
    return 0 if text == "–" else int(text.replace("\N{NARROW NO-BREAK SPACE}", ""))


def shown(rows, series, site):
    return rows(verdicts_html(verdict_counts(series_fates(series, site), site), site))


# --- verdicts ---------------------------------------------------------------------------------------------------------


def test_verdicts_by_scanner_with_totals(make_series, demo_site, rows):
    series = make_series(
        [TIME, TIME, TIME | {"model": "Biograph64_Vision 600", "patient": "p2", "study_uid": "2"}]
        + [TIME | {"model": "Reading Station", "verdict": "excluded", "reason": "modality OT"}] * 2
    )
    headings, *body = shown(rows, series, demo_site)
    assert headings == [FR("Verdict"), FR("Reason"), *demo_site.scanner_names, FR("No scanner of the site"), "Total"]
    assert body == [
        ["retenue", "donne un examen", "1", "1", "–", "–", "–", "–", "2"],
        ["retenue", FR("same times as another series of the patient: counts once"), "1", *["–"] * 5, "1"],
        ["exclue", "modalité OT", *["–"] * 5, "2", "2"],
        ["Toutes les séries", "", "2", "1", "–", "–", "–", "2", "5"],
    ]


def test_many_reasons_share_a_row_of_their_verdict_and_all_still_add_up(make_series, demo_site, rows):
    verdicts = ("derived", "foreign", "failed")
    reasons = [
        TIME | {"verdict": v, "reason": f"{v} why {n:02d}"} for v in verdicts for n in range(30) for _ in range(n)
    ]
    _, *body, total = shown(rows, make_series([TIME, *reasons]), demo_site)
    assert len(body) <= 32
    assert sum(whole(row[-1]) for row in body) == whole(total[-1]) == 1 + 3 * sum(range(30))
    for verdict in verdicts:
        of_verdict = [row for row in body if row[0] == FR(verdict)]
        assert of_verdict[0][1] == f"{verdict} why 29"
        # 9 named rows, and one for the reasons that occur 1 to 20 times; all 29 with a count.
        assert of_verdict[-1][1] == FR("other reasons ({n})", n=30 - len(of_verdict))
        assert len(of_verdict) == 10


def test_the_last_of_many_scanners_share_a_column(tmp_path, make_series, rows):
    scanners = [
        {"name": f"S{n}", "models": [f"M{n}"], "hours": {"mon": "08:00-17:00"}, "slots": {"mon": 9}} for n in range(11)
    ]
    site = sv.load_site(write_site_file(tmp_path, scanners=scanners, exam_types=[]))
    series = make_series([TIME | {"model": f"M{n}", "study_uid": str(n), "patient": str(n)} for n in range(11)])
    headings, row, _ = shown(rows, series, site)
    assert headings[2:] == [
        *(f"S{n}" for n in range(8)),
        FR("other scanners ({n})", n=3),
        FR("No scanner of the site"),
        "Total",
    ]
    assert row[2:] == [*["1"] * 8, "3", "–", "11"]


def test_an_empty_archive_says_so(demo_site):
    assert (
        "<table" not in verdicts_html(verdict_counts(series_fates(empty(SERIES), demo_site), demo_site), demo_site).text
    )


def test_everything_from_outside_is_escaped(make_series, demo_site):
    series = make_series([TIME | {"verdict": "foreign", "reason": f"institution {NASTY}"}])
    html = verdicts_html(verdict_counts(series_fates(series, demo_site), demo_site), demo_site).text
    assert "&lt;b&gt;&amp;&quot;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(("code", "words"), [("fr", "donne un examen"), ("en", COUNTS)])
def test_what_became_of_kept_series_is_told_in_both_languages(make_series, site_with, rows, code, words):
    assert shown(rows, make_series([TIME]), site_with(report={"language": code}))[1][1] == words


# --- ways and days ----------------------------------------------------------------------------------------------------


def test_ways_are_translated_one_by_one(demo_site, rows):
    ways = pd.DataFrame({"way": ["SERIES answers, C-GET"], "n_series": [1234]})
    assert rows(ways_html(ways, demo_site))[1:] == [[f"{FR('SERIES answers')}, C-GET", "1\N{NARROW NO-BREAK SPACE}234"]]


def states(*days):
    """A table of days from 4 May 2026: stored, failed series, attempts, whether the next run asks."""
    index = pd.date_range("2026-05-04", periods=len(days), name="date")
    return pd.DataFrame(days, columns=["stored", "n_failed", "attempts", "open"], index=index)


def failed(**by_day):
    index = pd.DatetimeIndex([f"2026-05-{day[1:]}" for day in by_day], name="date")
    return pd.DataFrame(list(by_day.values()), columns=["scanners", "reason"], index=index)


def test_days_say_what_will_be_tried_next(demo_site, rows):
    days = states((True, 0, 1, False), (False, 0, 0, True), (True, 3, 2, True), (True, 2, 4, False))
    why = failed(d06=["Vision 600, Millennium", "not sent"], d07=["", "modality SR"])
    assert rows(days_html(days, why, [], demo_site))[1:] == [
        ["mar. 05.05.2026", "non récupéré", "–", "–", "0 sur 4", FR("asked for by the next run")],
        ["mer. 06.05.2026", FR("{n} series failed", n=3), "Vision 600, Millennium", "not sent", "2 sur 4",
         FR("asked for again by the next run")],
        ["jeu. 07.05.2026", FR("{n} series failed", n=2), "–", "modalité SR", "4 sur 4",
         "abandonné\xa0; redemander\xa0: schedvisu retrieve --again --from 2026-05-07 --to 2026-05-07"],
    ]  # fmt: skip


def test_days_judged_by_other_settings_stay_until_they_are_asked_for(demo_site, rows):
    [_, row] = rows(
        days_html(states((True, 0, 1, False), (True, 0, 1, False)), failed(), [date(2026, 5, 5)], demo_site)
    )
    assert row[:2] == ["mar. 05.05.2026", "jugé selon d’autres réglages"]
    assert row[-1] == "reste ainsi\xa0; redemander\xa0: schedvisu retrieve --again --from 2026-05-05 --to 2026-05-05"


@pytest.mark.parametrize("code", ["fr", "en"])
def test_complete_days_are_not_listed(site_with, code):
    html = days_html(states((True, 0, 1, False)), failed(), [], site_with(report={"language": code}))
    assert "05.2026" not in html.text
