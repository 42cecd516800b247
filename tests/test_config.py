"""Site files: what they give, and one clear line for each mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from pydantic import ValidationError

import schedvisu_lib as sv
from schedvisu_lib.config import squeeze_description, squeeze_institution, squeeze_model
from schedvisu_lib.settings.calendar import Hours

PARAMS = Path(__file__).parents[1] / "params"

MINIMAL = """\
department: {name: NM, hospital: Example, institutions: [Example]}
pacs: {host: pacs.hospital.example, ae_title: PACS}
store: {folder: store}
privacy: {key_file: secret.key}
calendar: {country: CH}
scanners:
  - {name: PET, models: [Discovery 690], hours: {mon: "08:00-17:00"}, slots: {mon: 10}}
  - {name: NM, models: [Encore2], hours: {mon: "8:00 - 16:30"}, slots: {mon: 5}}
exam_types:
  - {name: FDG, patterns: ['petctfdg.*'], scanners: [PET]}
  - {name: BONE, patterns: ['bone.*']}
periods: {first_year: 2025}
report: {folder: report}
mail: {transport: folder, sender: a@hospital.example, recipients: [b@hospital.example], outbox: mail}
log: {folder: log}
"""
"""Each line stands where the tests below expect it."""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the minimal site file with replacements, each of which must hit exactly once."""

    def write(*replacements: tuple[str, str]) -> Path:
        text = MINIMAL
        for old, new in replacements:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "site.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def mistakes(file: Path) -> tuple[str, ...]:
    with pytest.raises(sv.ConfigError) as caught:
        sv.load_site(file)
    assert str(caught.value).splitlines() == [f"{file}: {mistake}" for mistake in caught.value.mistakes]
    return caught.value.mistakes


# --- what a right file gives ------------------------------------------------------------------------------------------


def test_a_minimal_file_is_enough(write: Write) -> None:
    site = sv.load_site(write())
    assert site.scanner_names == ("PET", "NM")
    assert site.pacs.port == 104
    assert site.periods.report[0] == "weekly"


@pytest.mark.parametrize("name", ["demo.yaml", "site.example.yaml"])
def test_the_files_that_we_ship_are_right(name: str) -> None:
    assert sv.load_site(PARAMS / name).file == PARAMS / name


def test_relative_paths_count_from_the_files_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = write(("folder: report", f"folder: {tmp_path}/full"), ("outbox: mail", "outbox: ~/mail"))
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    site = sv.load_site(file)
    assert site.store.folder == tmp_path / "store"
    assert site.privacy.key_file == tmp_path / "secret.key"
    assert site.report.folder == tmp_path / "full"
    assert site.mail is not None
    assert site.mail.outbox == tmp_path / "home" / "mail"


def test_opening_hours_are_times(write: Write) -> None:
    site = sv.load_site(write())
    assert (site.scanners[1].hours["mon"].opens, site.scanners[1].hours["mon"].closes) == (time(8), time(16, 30))


def test_closures_are_days_or_stretches_of_days(write: Write) -> None:
    closures = "closures: [2026-05-15, 2026-12-24..2026-12-31, {first: 2027-01-01, last: 2027-01-02}]"
    site = sv.load_site(write(("country: CH", f"country: CH, {closures}")))
    assert [(c.first, c.last) for c in site.calendar.closures] == [
        (date(2026, 5, 15), date(2026, 5, 15)),
        (date(2026, 12, 24), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 2)),
    ]


def test_a_scanner_is_out_of_service_on_days_or_for_part_of_one(write: Write) -> None:
    service = "service: [2026-05-06, 2026-05-11..2026-05-13, 2026-05-20 13:00-17:00]"
    site = sv.load_site(write(("slots: {mon: 5}", f"slots: {{mon: 5}}, {service}, lunch: '12:00-13:00'")))
    entries = site.scanner("NM").service
    assert [(entry.first.day, entry.last.day, entry.hours) for entry in entries] == [
        (6, 6, None),
        (11, 13, None),
        (20, 20, Hours(opens=time(13), closes=time(17))),
    ]
    assert [entries[1].includes(date(2026, 5, day)) for day in (10, 11, 13, 14)] == [False, True, True, False]
    assert site.scanner("NM").lunch == Hours(opens=time(12), closes=time(13))
    assert site.scanner("PET").lunch is None


def test_one_encounter_is_the_day_or_minutes(write: Write) -> None:
    site = sv.load_site(
        write(("scanners: [PET]}", "one_encounter: day}"), ("['bone.*']}", "['bone.*'], one_encounter: 90}"))
    )
    assert [kind.one_encounter for kind in site.exam_types] == ["day", 90]


def test_without_mail_none_is_sent(write: Write) -> None:
    assert sv.load_site(write((MINIMAL.splitlines()[13] + "\n", ""))).mail is None


def test_a_site_is_frozen(write: Write) -> None:
    site = sv.load_site(write())
    with pytest.raises(ValidationError, match="frozen"):
        site.pacs.port = 11112  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        site.scanners = ()  # type: ignore[misc]


def test_scanners_are_found_by_name(write: Write) -> None:
    site = sv.load_site(write())
    assert site.scanner("NM").models == ("Encore2",)
    with pytest.raises(ValueError, match=r'^scanner "CT" is unknown; site.yaml has: PET, NM$'):
        site.scanner("CT")


def test_exam_types_of_a_scanner_keep_their_order(write: Write) -> None:
    site = sv.load_site(write())
    assert [kind.name for kind in site.exam_types_of("PET")] == ["FDG", "BONE"]
    assert [kind.name for kind in site.exam_types_of("NM")] == ["BONE"]


def test_models_lead_to_their_scanner(write: Write) -> None:
    assert sv.load_site(write()).scanner_of_model == {"discovery690": "PET", "encore2": "NM"}


def test_names_are_compared_as_the_design_says() -> None:
    assert squeeze_model("Biograph64_Vision 600") == "biograph64vision600"
    assert squeeze_institution("Hôpital  Cantonal") == "hôpitalcantonal"
    assert squeeze_description("PET-CT (FDG) ^_Whole+Body: 'a.b'") == "petctfdgwholebodyab"


# --- mistakes ---------------------------------------------------------------------------------------------------------

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


# --- fingerprints -----------------------------------------------------------------------------------------------------

DECIDES_RETRIEVAL = [
    ("ae_title: PACS", "ae_title: PACS, not_patients: ['qc.*']"),
    ("ae_title: PACS", "ae_title: PACS, excluded_studies: ['qc.*']"),
    ("ae_title: PACS", "ae_title: PACS, excluded_series: ['qc.*']"),
    ("institutions: [Example]", "institutions: [Example, Other]"),
    ("[Encore2]", "[Encore2, Symbia]"),
    ("slots: {mon: 5}", "slots: {mon: 5}, clock_offset: 4"),
    ("hospital: Example", "hospital: Example, timezone: Europe/London"),
]
DECIDES_STUDIES = [
    ("slots: {mon: 5}", "slots: {mon: 5}, preparation: 4"),
    ("slots: {mon: 5}", "slots: {mon: 5}, take_gap: 60"),
    ("[Encore2]", "[Encore2, Symbia]"),
    ("name: NM, models", "name: SPECT, models"),
    ("'petctfdg.*'", "'petct.*'"),
    ("name: BONE", "name: OS"),
    ("['bone.*']}", "['bone.*'], one_encounter: day}"),
    ("scanners: [PET]}", "scanners: [PET, NM]}"),
]
DECIDES_NEITHER = [
    ("host: pacs.hospital.example", "host: 127.0.0.1"),
    ("ae_title: PACS", "ae_title: OTHER, ways: [move], receiver: {port: 104}, parallel: 4, answer_timeout: 5"),
    ("ae_title: PACS", "ae_title: PACS, tls: {verify: false}, largest_image: 10, long_loads: {days: 1}, tries: 2"),
    ("host: pacs.hospital.example, ae_title: PACS", "folder: images"),
    ("institutions: [Example]", "institutions: [EXAM PLE]"),
    ("[Encore2]", "[ENCORE_2]"),
    ("slots: {mon: 5}", "slots: {mon: 6}, gap: 12, picture: nm.png, lunch: '12:00-13:00', service: [2026-05-06]"),
    ('"8:00 - 16:30"', '"9:00-16:30"'),
    ("['bone.*']}", "['bone.*'], color: '#000000', takes_apart: true}"),
    ("folder: report", "folder: report, language: en"),
    ("country: CH", "country: FR"),
]


def fingerprints(site: sv.Site) -> tuple[str, str]:
    return site.retrieval_fingerprint(), site.rules_fingerprint()


@pytest.mark.parametrize("replacement", DECIDES_RETRIEVAL)
def test_what_decides_a_stored_day_changes_its_fingerprint(write: Write, replacement: tuple[str, str]) -> None:
    before = sv.load_site(write()).retrieval_fingerprint()
    assert sv.load_site(write(replacement)).retrieval_fingerprint() != before


@pytest.mark.parametrize("replacement", DECIDES_STUDIES)
def test_what_decides_the_studies_changes_their_fingerprint(write: Write, replacement: tuple[str, str]) -> None:
    before = sv.load_site(write()).rules_fingerprint()
    assert sv.load_site(write(replacement)).rules_fingerprint() != before


@pytest.mark.parametrize("replacement", DECIDES_NEITHER)
def test_nothing_else_changes_a_fingerprint(write: Write, replacement: tuple[str, str]) -> None:
    before = fingerprints(sv.load_site(write()))
    assert fingerprints(sv.load_site(write(replacement))) == before


def test_rules_of_consolidation_ask_for_no_day_again(write: Write) -> None:
    before = sv.load_site(write()).retrieval_fingerprint()
    after = sv.load_site(write(("slots: {mon: 5}", "slots: {mon: 5}, preparation: 4"), ("'bone.*'", "'os.*'")))
    assert after.retrieval_fingerprint() == before


def test_the_order_of_scanners_decides_nothing(write: Write) -> None:
    first, second = MINIMAL.splitlines(keepends=True)[6:8]
    before = fingerprints(sv.load_site(write()))
    assert fingerprints(sv.load_site(write((first + second, second + first)))) == before


def test_the_order_of_exam_types_decides_which_pattern_comes_first(write: Write) -> None:
    first, second = MINIMAL.splitlines(keepends=True)[9:11]
    before = sv.load_site(write()).rules_fingerprint()
    assert sv.load_site(write((first + second, second + first))).rules_fingerprint() != before
