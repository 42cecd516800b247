"""The parts of a scanner's page."""

from __future__ import annotations

import re
from datetime import date, datetime

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from schedvisu_lib.figures.page import ScannerPage, chosen_moment, chosen_period, scanner_line
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.limits import ALL, Limits
from schedvisu_lib.tables import STUDIES, empty

D690 = "Discovery 690"
NOW = datetime(2026, 5, 9, 1, 5)
WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))
LONG = Period("half-yearly", date(2025, 12, 8), date(2026, 5, 22))


def page(site, period=WEEK, scanner=D690):
    return ScannerPage(site, scanner, period, NOW)


def words(html):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html.text))


def parts(site, studies, period=WEEK, scanner=D690):
    one = page(site, period, scanner)
    drawn = [one.header(), one.agenda(studies), one.legend(studies)]
    return [*drawn, one.counts(studies), one.durations(studies), one.notes()]


def test_header_names_scanner_period_days_and_weeks(demo_site):
    shown = words(page(demo_site).header())
    for text in (D690, "hebdomadaire", "04.05.2026", "08.05.2026", "S19", "09.05.2026 01:05"):
        assert text in shown
    assert demo_site.department.hospital in shown


def test_weeks_have_their_year_where_the_period_crosses_one(demo_site):
    assert "S50/2025 – S21/2026" in words(page(demo_site, LONG).header())


def test_closed_days_are_named_or_counted(demo_site):
    week = Period("weekly", date(2026, 5, 11), date(2026, 5, 15))
    assert "jeu. 14.05 (Ascension), ven. 15.05" in words(page(demo_site, week).header())
    assert language("fr")("{n} closed days", n=9) in words(page(demo_site, LONG).header())
    assert "14.05" not in words(page(demo_site).header())


def test_title_is_the_one_that_was_asked_not_that_of_its_length(demo_site):
    asked = Period("multi-year", WEEK.first, WEEK.last)
    assert "longue durée" in words(page(demo_site, asked).header())
    own = Period("trois semaines", WEEK.first, WEEK.last)
    assert "trois semaines" in words(page(demo_site, own).header())


def test_period_is_that_of_the_days_given_or_of_the_title(demo_site):
    evening = datetime(2026, 5, 8, 22)
    assert chosen_period(demo_site, "weekly", "", "", evening) == WEEK
    assert chosen_period(demo_site, "monthly", "2026-01-05", "2026-01-06", evening) == Period(
        "monthly", date(2026, 1, 5), date(2026, 1, 6)
    )
    with pytest.raises(ValueError, match=r"daily.*unknown"):
        chosen_period(demo_site, "daily", "", "", evening)


def test_moment_is_the_one_given_or_now():
    assert chosen_moment("2026-05-09T01:05") == NOW
    assert abs((datetime.now() - chosen_moment("")).total_seconds()) < 60


def test_agenda_of_a_week_is_one_picture_without_profile(week, demo_site, svg_of, words_of):
    [svg] = svg_of(page(demo_site).agenda(week))
    assert language("fr")("% of open days") not in svg
    assert {"08:00", "12:00", "lun. 04.05", "PSMA"} <= set(words_of(svg))
    assert "<image" not in svg


def test_long_period_has_the_hour_profile_beside_the_agenda(week, demo_site, svg_of):
    [svg] = svg_of(page(demo_site, LONG).agenda(week))
    assert language("fr")("% of open days") in svg
    quarter = Period("quarterly", date(2026, 3, 2), date(2026, 5, 22))
    [svg] = svg_of(page(demo_site, quarter).agenda(week))
    assert language("fr")("% of open days") not in svg  # 12 weeks are not beyond 12 weeks


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("period", [WEEK, LONG, Period("own", date(2026, 5, 9), date(2026, 5, 10))])
def test_page_without_exams_says_so_and_is_no_error(site_with, svg_of, code, period):
    shown = parts(site_with(report={"language": code}), empty(STUDIES), period)
    pictures = [svg for html in shown for svg in svg_of(html)]
    assert len(pictures) == 2
    assert all(language(code)("No exam in this period.") in svg for svg in pictures)


def test_names_are_escaped_everywhere(make_studies, exam, one_scanner, svg_of, words_of):
    nasty = '<b>&"$_$'
    site = one_scanner(name=nasty)
    names = {"scanner": nasty, "exam_type": nasty}
    rows = [exam(f"2026-05-04 {h}:00", f"2026-05-04 {h}:45", **names) for h in ("08", "09", "10")]
    shown = parts(site, make_studies(rows), scanner=nasty)
    for html in shown:
        assert "<b>&amp;" not in html.text
        assert '<b>&"' not in html.text
        assert len([words_of(svg) for svg in svg_of(html)]) <= 1
    [violins] = svg_of(shown[4])
    assert any(nasty in text for text in words_of(violins))


def test_logo_and_picture_are_held_in_the_page(site_with, one_scanner, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg/>")
    site = site_with(department={"logo": logo})
    machine = site.scanners[0].model_copy(update={"picture": tmp_path / "missing.png"})
    shown = page(site.model_copy(update={"scanners": (machine, *site.scanners[1:])})).header().text
    assert shown.count("<img") == 1
    assert "data:image/svg+xml;base64,PHN2Zy8+" in shown


def test_page_links_to_nothing_outside(week, demo_site):
    for html in parts(demo_site, week):
        assert not re.search(r"""(?:src|href)=["'](?!data:)""", html.text)


def test_long_page_with_the_period_before_has_its_outline(week, demo_site, svg_of):
    before = week.assign(date=week["date"] - pd.Timedelta(weeks=26))
    for name in ("start", "end", "prepared_from", "prepared_until"):
        before[name] -= pd.Timedelta(weeks=26)
    words = language("fr")("period before (profile)")
    for studies_before, there in ((before, True), (None, False)):
        [svg] = svg_of(page(demo_site, LONG).agenda(week, studies_before))
        assert ('id="ghost"' in svg) is there
        assert (words in page(demo_site, LONG).legend(week, studies_before).text) is there
    [svg] = svg_of(page(demo_site).agenda(week, before))  # a week has no profile
    assert 'id="ghost"' not in svg
    assert words not in page(demo_site).legend(week, before).text
    assert "ligne grise" in page(demo_site, LONG).notes().text
    assert "ligne grise" not in page(demo_site).notes().text


def test_legend_bears_the_codes_of_the_boxes(week, demo_site):
    legend = page(demo_site).legend(week).text
    assert re.findall(r'<i style="background:#\w+;color:([^"]+)">(\w+)</i><b>([^<]+)', legend) == [
        ("white", "FS", "FDG STAND."),
        ("#222222", "PS", "PSMA"),
        ("#222222", "DO", "DOTATATE"),
    ]


def test_caption_of_the_violins_stands_where_there_are_some(week, demo_site):
    assert '<p class="caption">' in page(demo_site).durations(week).text
    assert '<p class="caption">' not in page(demo_site).durations(empty(STUDIES)).text


def test_long_name_of_a_scanner_is_smaller():
    assert scanner_line("Discovery 690").text == '<p class="scanner">Discovery 690</p>'
    assert scanner_line("Gamma-caméra du deuxième étage").text.startswith('<p class="scanner long">')


def test_one_day_alone_is_no_period(demo_site):
    with pytest.raises(ValueError, match="give both the first and the last day"):
        chosen_period(demo_site, "weekly", "2026-05-18", "", datetime(2026, 5, 22, 23))


def test_a_page_of_some_exams_counts_these_among_all(week, demo_site, svg_of):
    limits = Limits(exam_types=("FDG STAND.",))
    one = ScannerPage(demo_site, D690, WEEK, NOW, limits)
    assert "seulement FDG\xa0STAND." in one.header().text
    # Monday's two exams, of which 10 minutes parted the first from the PSMA, and 50 (a gap) that from the second;
    # Tuesday's gap is one between exams that do not count.
    counts = BeautifulSoup(one.counts(week).text, "html.parser")
    rows = {row.th.get_text(): [cell.get_text() for cell in row.find_all("td")] for row in counts.tbody.find_all("tr")}
    assert rows["Examens"][:6] == ["2", "0", "0", "0", "0", "2"]
    assert rows["Trous"][:6] == ["1", "1", "0", "0", "0", "2"]
    assert rows["Plages"][5] == "68"
    durations = BeautifulSoup(one.durations(week).text, "html.parser").table
    lines = [[cell.get_text() for cell in row.find_all(["th", "td"])][:3] for row in durations.find_all("tr")[1:]]
    assert lines[:2] == [["FDG STAND.", "2", "37,5"], ["Rotation", "1", "10,0"]]
    [agenda] = svg_of(one.agenda(week))
    groups = dict(re.findall(r'<g id="(exams [^"]+|not chosen)">\s*<path d="([^"]+)"', agenda))
    assert {name: path.count("z") for name, path in groups.items()} == {"exams FDG STAND.": 2, "not chosen": 3}
    assert "non choisi" in one.legend(week).text
    assert "examens choisis" in one.notes().text


def test_a_page_of_some_weekdays_has_no_other_column_and_nothing_pale(week, demo_site, svg_of, words_of):
    one = ScannerPage(demo_site, D690, WEEK, NOW, Limits(weekdays=("tue", "fri")))
    [agenda] = svg_of(one.agenda(week))
    assert {"mar. 05.05", "ven. 08.05"} <= set(words_of(agenda))
    assert "lun. 04.05" not in words_of(agenda)
    assert "not chosen" not in agenda
    counts = BeautifulSoup(one.counts(week).text, "html.parser")
    slots = counts.find("th", string="Plages").parent.find_all("td")
    assert [cell.get_text() for cell in slots][:3] == ["14", "12", "26"]
    for html in (one.legend(week), one.notes()):
        assert "choisi" not in html.text


def test_the_hour_profile_shows_the_exams_that_count_and_so_does_its_outline(week, demo_site, svg_of, words_of):
    before = week.assign(date=week["date"] - pd.Timedelta(weeks=24))
    for name in ("start", "end", "prepared_from", "prepared_until"):
        before[name] -= pd.Timedelta(weeks=24)
    pictures = [
        svg_of(ScannerPage(demo_site, D690, LONG, NOW, limits).agenda(week, before))[0]
        for limits in (ALL, Limits(exam_types=("PSMA",)))
    ]
    outlines = [re.search(r'id="ghost">\s*<path d="([^"]+)"', picture)[1] for picture in pictures]
    assert outlines[0] != outlines[1]
    assert ["DO" in words_of(picture) for picture in pictures] == [True, False]


def test_a_page_whose_exams_all_count_is_the_page_without_limits(week, demo_site):
    every = Limits(weekdays=demo_site.calendar.workdays)
    for name in ("agenda", "legend", "counts", "durations"):
        whole, same = (getattr(ScannerPage(demo_site, D690, WEEK, NOW, limits), name)(week) for limits in (ALL, every))
        assert whole == same


def test_durations_of_few_minutes_have_whole_ones_at_the_axis(make_studies, exam, demo_site, svg_of, words_of):
    exams = make_studies([exam("2026-05-04 08:00", f"2026-05-04 08:{end}") for end in ("18", "20", "21")])
    [violins] = svg_of(page(demo_site).durations(exams))
    ticks = [text for text in words_of(violins) if re.fullmatch(r"[\d.,\xa0]+", text)]
    assert "20" in ticks
    assert all(text.isdecimal() for text in ticks)
