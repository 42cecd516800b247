"""What of a site file decides stored days, and what their studies."""

from __future__ import annotations

import pytest

import schedvisu_lib as sv
from tests.config.conftest import MINIMAL, Write

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
