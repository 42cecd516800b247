"""Mistakes that a user of a notebook makes end in a sentence that says what to do; what is shown gives nothing away."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

import schedvisu_lib as sv


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"exam_types": "PSMA"}, r"exam_types='PSMA' is no list; write exam_types=\['PSMA'\]"),
        ({"weekdays": "mon"}, r"weekdays='mon' is no list; write weekdays=\['mon'\]"),
        ({"takes": 1}, r"takes=1 is no list; write takes=\[1\]"),
        ({"weekdays": ["Monday"]}, 'weekday "Monday" is unknown; allowed: mon, tue'),
        ({"hours": "08:00"}, r"hours='08:00' is no pair; write hours=\(\"08:00\", \"12:00\"\)"),
        ({"hours": ("8", "12")}, "hour '8' cannot be read; write it as \"08:00\""),
        ({"hours": (8, 12)}, 'hour 8 cannot be read; write it as "08:00"'),
        ({"hours": ("12:00", "08:00")}, "the first is not before the other; exchange them"),
    ],
)
def test_what_cannot_be_chosen_is_told(asked, sentence, make_studies):
    with pytest.raises(ValueError, match=sentence):
        sv.choose_exams(make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}]), **asked)


def test_what_is_chosen_by_must_be_there(make_studies):
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}])
    with pytest.raises(sv.SchedVisuError, match=r"table lacks the column\(s\) take; see docs/data.md"):
        sv.choose_exams(studies.drop(columns="take"), takes=[1])


def test_numbers_name_a_column_that_lacks_an_unknown_scanner_and_exchanged_days(demo_site, make_studies):
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}])
    for table in (sv.count_table, sv.duration_table):
        with pytest.raises(sv.SchedVisuError, match=r"table lacks the column\(s\) start"):
            table(studies.drop(columns="start"), demo_site, "Discovery 690", "2026-05-04", "2026-05-08")
        with pytest.raises(ValueError, match=r'scanner "D690" is unknown; demo.yaml has: Discovery 690'):
            table(studies, demo_site, "D690", "2026-05-04", "2026-05-08")
        with pytest.raises(ValueError, match="first day 2026-05-08 lies after last day 2026-05-04; give the earlier"):
            table(studies, demo_site, "Discovery 690", "2026-05-08", "2026-05-04")
    with pytest.raises(sv.SchedVisuError, match=r"table lacks the column\(s\) prepared_until"):
        sv.find_gaps(studies.drop(columns="prepared_until"), demo_site)


def test_text_as_times_counts_as_times_do(demo_site, make_studies):
    studies = make_studies(
        [
            {"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"},
            {"start": "2026-05-04 09:30", "end": "2026-05-04 09:50"},
        ]
    )
    asked = (demo_site, "Discovery 690", "2026-05-04", "2026-05-04")
    as_text = studies.astype(dict.fromkeys(studies.select_dtypes("datetime").columns, str))
    for table in (sv.count_table, sv.duration_table):
        assert table(as_text, *asked).equals(table(studies, *asked))
    assert sv.find_gaps(as_text, demo_site)["minutes"].tolist() == [70.0]


def test_a_store_wants_a_site():
    with pytest.raises(TypeError, match=r"'params/demo.yaml' is no site; give what sv.load_site\(...\) returns"):
        sv.open_store("params/demo.yaml")  # type: ignore[arg-type]


def test_a_site_that_is_shown_gives_nothing_away(demo_site):
    shown = repr(demo_site)
    assert shown == str(demo_site)
    names = ", ".join(demo_site.scanner_names)
    assert shown == f"Site(demo.yaml: Service de médecine nucléaire, Hôpital de démonstration; {names})"
    assert not hasattr(demo_site, "_repr_html_")


def test_a_period_is_shown_with_its_days():
    assert repr(sv.Period("weekly", date(2026, 5, 18), date(2026, 5, 22))) == "Period(weekly: 2026-05-18 to 2026-05-22)"


def test_periods_are_asked_for_with_text_too(demo_site):
    for text, moment in (("2026-05-22", date(2026, 5, 22)), ("2026-05-22 22:00", datetime(2026, 5, 22, 22))):
        assert sv.report_periods(demo_site, text) == sv.report_periods(demo_site, moment)
    with pytest.raises(ValueError, match=r'moment "22.5.2026" cannot be read; write it as 2026-05-22 or 2026-05-22 22'):
        sv.report_periods(demo_site, "22.5.2026")


def test_exams_are_read_with_the_columns_that_a_number_needs(demo_site, make_studies):
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:20"}]).drop(columns="prepared_from")
    days = "Discovery 690", "2026-05-04", "2026-05-08"
    sentence = r"table lacks the column\(s\) prepared_from"
    for table in (sv.hour_map, sv.scanner_trend):
        with pytest.raises(sv.SchedVisuError, match=sentence):
            table(studies, demo_site, *days)
    with pytest.raises(sv.SchedVisuError, match=sentence):
        sv.exam_list(studies, *days)


def test_arrays_choose_as_lists_do(make_studies):
    studies = make_studies([{"start": f"2026-05-0{day} 08:00", "end": f"2026-05-0{day} 08:20"} for day in (4, 5)])
    chosen = sv.choose_exams(studies, weekdays=np.array(["mon", "wed"]), takes=np.array([1]))
    assert chosen["date"].dt.day.tolist() == [4]
