"""Mistakes of site files: one clear line for each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import schedvisu_lib as sv
from tests.config.conftest import Write


def mistakes(file: Path) -> tuple[str, ...]:
    with pytest.raises(sv.ConfigError) as caught:
        sv.load_site(file)
    assert str(caught.value).splitlines() == [f"{file}: {mistake}" for mistake in caught.value.mistakes]
    return caught.value.mistakes


ONE_MISTAKE = {
    "unknown key": (
        ("ae_title: PACS", "ae_title: PACS, aet: X"),
        "line 2: pacs.aet: unknown key; allowed here: host, port, ae_title, calling_ae_title, tls, connect_timeout, "
        "association_timeout, answer_timeout, request_timeout, tries, retry_pause, folder, dicomweb, ways, receiver, "
        "parallel, images_per_request, largest_image, long_loads, not_patients, excluded_studies, excluded_series",
    ),
    "unknown key of an entry": (
        ("name: BONE, ", "name: BONE, colour: red, "),
        "line 11: exam_types.1.colour: unknown key; allowed here: name, patterns, scanners, color, takes_apart, "
        "one_encounter",
    ),
    "unknown part": (
        ("log: {", "logs: {a: 1}\nlog: {"),
        "line 15: logs: unknown key; allowed here: department, pacs, store, privacy, calendar, scanners, exam_types, "
        "planned, periods, report, mail, log",
    ),
    "missing key": (("hospital: Example, ", ""), "line 1: department.hospital: missing; see params/site.example.yaml"),
    "missing part": (("log: {folder: log}\n", ""), "line 1: log: missing; see params/site.example.yaml"),
    "wrong type": (
        ("ae_title: PACS", "ae_title: PACS, port: dicom"),
        "line 2: pacs.port: input should be a valid integer, unable to parse string as an integer, found 'dicom'",
    ),
    "out of range": (
        ("ae_title: PACS", "ae_title: PACS, port: 70000"),
        "line 2: pacs.port: input should be less than or equal to 65535, found 70000",
    ),
    "too long": (
        ("ae_title: PACS", "ae_title: A_VERY_LONG_TITLE"),
        "line 2: pacs.ae_title: string should have at most 16 characters, found 'A_VERY_LONG_TITLE'",
    ),
    "not one of the choices": (
        ("ae_title: PACS", "ae_title: PACS, ways: [get, wado]"),
        "line 2: pacs.ways.1: input should be 'series', 'image', 'headers', 'get', 'move' or 'dicomweb', found 'wado'",
    ),
    "no list": (
        ("institutions: [Example]", "institutions: Example"),
        "line 1: department.institutions: must be a list: [one, two], or a line with a dash for each, found 'Example'",
    ),
    "no keys": (
        ("store: {folder: store}", "store: here"),
        "line 3: store: must hold the keys that params/site.example.yaml shows, found 'here'",
    ),
    "neither true nor false": (
        ("['bone.*']}", "['bone.*'], takes_apart: often}"),
        "line 11: exam_types.1.takes_apart: must be true or false, found 'often'",
    ),
    "unknown time zone": (
        ("hospital: Example", "hospital: Example, timezone: Europe/Lausanne"),
        'line 1: department: timezone "Europe/Lausanne" is unknown; write one like "Europe/Zurich"',
    ),
    "unknown country": (
        ("country: CH", "country: ZZ"),
        'line 5: calendar: country "ZZ" is unknown; allowed: an ISO code like CH, FR, BE, CA',
    ),
    "country without subdivisions": (
        ("country: CH", "country: VA, subdivision: XX"),
        'line 5: calendar: subdivision "XX" of VA is unknown; allowed: none',
    ),
    "unknown workday": (
        ("country: CH", "country: CH, workdays: [lundi]"),
        "line 5: calendar.workdays.0: input should be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun', found 'lundi'",
    ),
    "closure turned round": (
        ("country: CH", "country: CH, closures: [2026-01-05..2026-01-02]"),
        "line 5: calendar.closures.0: ends (2026-01-02) before it begins (2026-01-05)",
    ),
    "30 February": (
        ("country: CH", "country: CH, closures: [2026-02-30]"),
        'line 5: "2026-02-30" is no date: day is out of range for month; see params/site.example.yaml',
    ),
    "hours in words": (
        ('"8:00 - 16:30"', "all day"),
        'line 8: scanners.1.hours.mon: write hours as "08:00-17:00"',
    ),
    "service without an end": (
        ("slots: {mon: 5}", "slots: {mon: 5}, service: [2026-05-06 13:00]"),
        'line 8: scanners.1.service.0: write hours as "08:00-17:00"',
    ),
    "service turned round": (
        ("slots: {mon: 5}", "slots: {mon: 5}, service: [2026-05-06..2026-05-01]"),
        "line 8: scanners.1.service.0: ends (2026-05-01) before it begins (2026-05-06)",
    ),
    "unknown language": (
        ("folder: report", "folder: report, language: xx"),
        'line 13: report.language: "xx" has no catalogue; allowed: en, fr',
    ),
    "link without scheme": (
        ("sender: a@hospital.example", "link: intranet/report, sender: a@hospital.example"),
        r"line 14: mail.link: string should match pattern '^[a-z]+://[^\s]+$', found 'intranet/report'",
    ),
    "hours turned round": (
        ('"8:00 - 16:30"', '"16:30-08:00"'),
        "line 8: scanners.1.hours.mon: closes before it opens",
    ),
    "scanner without models": (("[Encore2]", "[]"), "line 8: scanners.1.models: needs at least 1 entry"),
    "scanner with an empty model": (
        ("[Encore2]", "['']"),
        "line 8: scanners.1.models.0: string should have at least 1 character, found ''",
    ),
    "overlapping models": (
        ("[Encore2]", "[Encore2, DISCOVERY_690]"),
        'line 8: scanners.1.models.1: "DISCOVERY_690" belongs to both "PET" and "NM" (compared without case, spaces '
        "and underscores); a model belongs to one scanner",
    ),
    "same scanner twice": (
        ("name: NM, models", "name: PET, models"),
        'line 8: scanners.1.name: "PET" is the name of two scanners; names must differ',
    ),
    "slots without hours": (
        ("{mon: 5}", "{mon: 5, tue: 5, wed: 0}"),
        'line 8: scanners.1.slots.tue: "NM" has slots on tue but no opening hours; add hours.tue',
    ),
    "same exam type twice": (
        ("name: BONE", "name: FDG"),
        'line 11: exam_types.1.name: "FDG" is the name of two exam types; names must differ',
    ),
    "exam type on an unknown scanner": (
        ("scanners: [PET]}", "scanners: [PET, CT]}"),
        'line 10: exam_types.0.scanners.1: scanner "CT" is unknown; allowed: PET, NM',
    ),
    "bad pattern": (
        ("['bone.*']", "['bone(']"),
        "line 11: exam_types.1.patterns.0: not a regular expression: missing ), unterminated subpattern at position 4",
    ),
    "colour by name": (
        ("['bone.*']}", "['bone.*'], color: red}"),
        "line 11: exam_types.1.color: string should match pattern '^#[0-9a-fA-F]{6}$', found 'red'",
    ),
    "unknown period": (
        ("first_year: 2025", "first_year: 2025, report: [daily]"),
        'line 12: periods: period "daily" is unknown; allowed: weekly, biweekly, monthly, quarterly, half-yearly, '
        "yearly, multi-year",
    ),
    "period twice": (
        ("first_year: 2025", "first_year: 2025, report: [weekly, weekly]"),
        'line 12: periods: period "weekly" is listed twice; keep one',
    ),
    "own period with a built-in name": (
        ("first_year: 2025", "first_year: 2025, own: {weekly: 2w}"),
        'line 12: periods: own period "weekly" has the name of a built-in one; choose another name',
    ),
    "own period not in weeks": (
        ("first_year: 2025", "first_year: 2025, own: {3 days: 3d}"),
        r"line 12: periods.own.3 days: string should match pattern '^[1-9]\d*w$', found '3d'",
    ),
    "no address": (
        ("sender: a@hospital.example", "sender: nobody"),
        'line 14: mail.sender: "nobody" is no mail address; write it as name@hospital.example',
    ),
    "unknown placeholder": (
        ("sender: a@hospital.example", "subject: '{title} {week}', sender: a@hospital.example"),
        'line 14: mail.subject: "{title} {week}" has an unknown placeholder; allowed: {title}, {first}, {last}',
    ),
    "no home folder": (
        ("folder: log", "folder: ~nobody-has-this-name/log"),
        'line 15: log.folder: "~nobody-has-this-name/log": Could not determine home directory.; write the whole path',
    ),
    "key given twice": (
        ("log: {", "log: {level: INFO, level: DEBUG, "),
        "line 15: log.level: given twice; keep one (also line 15)",
    ),
}


@pytest.mark.parametrize(("replacement", "line"), ONE_MISTAKE.values(), ids=ONE_MISTAKE.keys())
def test_a_mistake_is_one_line_with_place_and_what_is_allowed(
    write: Write, replacement: tuple[str, str], line: str
) -> None:
    assert mistakes(write(replacement)) == (line,)


def test_an_unknown_subdivision_names_the_known_ones(write: Write) -> None:
    (line,) = mistakes(write(("country: CH", "country: CH, subdivision: Vaudt")))
    assert line.startswith('line 5: calendar: subdivision "Vaudt" of CH is unknown; allowed: AG, AI, ')


def test_the_key_must_lie_outside_the_store(write: Write, tmp_path: Path) -> None:
    (line,) = mistakes(write(("key_file: secret.key", "key_file: store/../store/deep/secret.key")))
    assert line == f"line 4: privacy.key_file: lies inside the store ({tmp_path / 'store'}); put it elsewhere"


def test_all_mistakes_are_told_at_once(write: Write) -> None:
    found = mistakes(
        write(("ae_title: PACS", "aet: PACS, port: x"), ("[Encore2]", "[]"), ("country: CH", "country: XX"))
    )
    assert (
        [re.match(r"line (\d+): ([\w.]+)", line).groups() for line in found]
        == [  # type: ignore[union-attr]
            ("2", "pacs.port"),
            ("2", "pacs.ae_title"),
            ("2", "pacs.aet"),
            ("5", "calendar"),
            ("8", "scanners.1.models"),
        ]
        or sorted(found) == sorted(found[:5])
    )


def test_all_contradictions_are_told_at_once(write: Write) -> None:
    found = mistakes(
        write(
            ("key_file: secret.key", "key_file: store/secret.key"),
            ("[Encore2]", "[discovery690]"),
            ("name: BONE", "name: FDG"),
        )
    )
    assert [line.split(":")[0] for line in found] == ["line 8", "line 11", "line 4"]


def test_long_values_are_shortened(write: Write) -> None:
    (line,) = mistakes(write(("ae_title: PACS", "ae_title: PACS, port: [" + "1, " * 100 + "]")))
    assert len(line) < 160


def test_a_file_without_settings_says_so(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("just words", encoding="utf-8")
    assert mistakes(file) == ("holds no settings; copy params/site.example.yaml and fill it in",)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "no.yaml") == ("no such file; copy params/site.example.yaml and fill it in",)
