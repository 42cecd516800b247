"""Changing the exam types of a site file: nothing else of it changes, and the old one is kept."""

from __future__ import annotations

import os
import re
import stat
import sys
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.errors import ConfigError
from schedvisu_lib.site_file import KEPT, SiteFile, edit_exam_types, save_exam_types, undo
from schedvisu_lib.studies.exam_types import name_exam_type
from schedvisu_lib.studies.mapping import Pick, map_descriptions
from tests.conftest import ROOT, load_demo

NOW = datetime(2026, 11, 22, 10, 15, 30)
DEMO = (ROOT / "params" / "demo.yaml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "params" / "site.example.yaml").read_text(encoding="utf-8")
HEAD, REST = DEMO[: DEMO.index("exam_types:")], DEMO[DEMO.index("# The archive serves the worklist") :]
SITE = load_demo()
VISION, SYMBIA, MILLENNIUM = "Vision 600", "Symbia Intevo", "Millennium"

BLOCK = """\
exam_types:
  # Ours, in the order in which we say them.
  - name: FDG   # the most frequent
    patterns:
      - petctfdg.*  # usual
      - 'tep.*'
      # - old
    scanners:
      - Vision 600
  - name: "Été"
    color: "#0072b2"
    patterns:
    - 'scinti.*'
"""


def site_file(folder: Path, types: str | None = None, *, text: str | None = None) -> tuple[SiteFile, sv.Site]:
    """Write the demo's site file with these exam types, or a text as it is; return both as read."""
    text = text if text is not None else HEAD + (DEMO[len(HEAD) : -len(REST)] if types is None else types) + REST
    file = folder / "site.yaml"
    file.write_bytes(text.encode("utf-8"))
    site = sv.load_site(file)
    return SiteFile.read(site.file), site


def lines_changed(before: str, after: str) -> list[str]:
    """Return the lines that went (-) and came (+)."""
    both = unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return [f"{line[0]} {line[1:]}\n" for line in list(both)[2:] if line[0] in "+-"]


def saved_text(folder: Path, picks: list[Pick], types: str | None = None) -> tuple[list[str], sv.Site]:
    """Save picks; return the lines that changed and the site that the file gives now."""
    file, site = site_file(folder, types)
    saved = save_exam_types(file, site, map_descriptions(site, picks), NOW)
    now = sv.load_site(site.file)
    for pick in picks:
        assert name_exam_type(pick.description, pick.scanner, now) == pick.exam_type
    assert saved.backup.read_bytes() == file.content
    return lines_changed(file.content.decode(), site.file.read_bytes().decode()), now


# --- what changes in the file -----------------------------------------------------------------------------------------


def test_a_type_in_brackets_gets_the_pattern_behind_its_last_one(tmp_path: Path) -> None:
    lines, _ = saved_text(tmp_path, [Pick(VISION, "PET_CT (étude) n° 12", "PSMA")])
    assert lines == [
        "-   - {name: PSMA, patterns: ['petct(68ga|18f)?psma.*'], scanners: [Discovery 690, Vision 600]}\n",
        "+   - {name: PSMA, patterns: ['petct(68ga|18f)?psma.*', 'petctétuden°12'], "
        "scanners: [Discovery 690, Vision 600]}\n",
    ]


def test_a_new_type_is_a_line_more_that_looks_as_the_last_one(tmp_path: Path) -> None:
    lines, _ = saved_text(tmp_path, [Pick(SYMBIA, "Leuco", "LEUCO: 99mTc"), Pick(SYMBIA, "Leuco 2", "LEUCO: 99mTc")])
    assert lines == ["+   - {name: 'LEUCO: 99mTc', patterns: ['leuco', 'leuco2']}\n"]


def test_a_scanner_is_added_in_brackets_too(tmp_path: Path) -> None:
    lines, _ = saved_text(tmp_path, [Pick("Discovery 690", "PET CT FET", "FET")])
    assert lines[1] == "+   - {name: FET, patterns: ['petct(18f)?fet.*'], scanners: [Vision 600, Discovery 690]}\n"


def test_lists_of_lines_stay_lists_of_lines(tmp_path: Path) -> None:
    picks = [Pick(VISION, "Corps", "FDG"), Pick(SYMBIA, "Corps", "FDG"), Pick(VISION, "Hiver", "Été")]
    assert saved_text(tmp_path, picks, BLOCK)[0] == [
        "+       - 'corps'\n",
        "+       - Symbia Intevo\n",
        "+     - 'hiver'\n",
    ]


def test_a_new_type_in_lines_looks_as_the_last_one(tmp_path: Path) -> None:
    lines, _ = saved_text(tmp_path, [Pick(VISION, "Hiver", "Neu"), Pick(VISION, "Ostern", "Été")], BLOCK)
    assert lines == ["+     - 'ostern'\n", "+   - name: Neu\n", "+     patterns:\n", "+     - 'hiver'\n"]


def test_a_pattern_that_goes_takes_its_line_and_no_other(tmp_path: Path) -> None:
    types = BLOCK.replace("petctfdg.*  # usual", "'corps'  # by mistake")
    lines, _ = saved_text(tmp_path, [Pick(VISION, "Corps", "Été")], types)
    assert lines == ["-       - 'corps'  # by mistake\n", "+     - 'corps'\n"]


@pytest.mark.parametrize(
    ("written", "left"),
    [("['a', 'corps']", "['a']"), ("['corps', 'a']", "['a']"), ("['a', 'corps', 'b']", "['a', 'b']")],
)
def test_a_pattern_in_brackets_goes_with_its_comma(tmp_path: Path, written: str, left: str) -> None:
    types = f"exam_types:\n  - {{name: A, patterns: {written}}}\n  - {{name: B, patterns: ['x']}}\n"
    lines, _ = saved_text(tmp_path, [Pick(VISION, "Corps", "B")], types)
    assert f"+   - {{name: A, patterns: {left}}}\n" in lines


def test_an_exception_takes_the_place_of_its_pattern(tmp_path: Path) -> None:
    lines, _ = saved_text(tmp_path, [Pick(VISION, "Tepid", "Été")], BLOCK)
    assert lines == ["-       - 'tep.*'\n", "+       - '(?!tepid\\Z)tep.*'\n", "+     - 'tepid'\n"]


@pytest.mark.parametrize(
    ("types", "added"),
    [
        ("", ["+ exam_types:\n", "+   - {name: A, patterns: ['corps']}\n"]),
        ("exam_types: []\n", ["- exam_types: []\n", "+ exam_types: [{name: A, patterns: ['corps']}]\n"]),
        (
            "exam_types: [{name: B, patterns: [b]}]  # one\n",
            [
                "- exam_types: [{name: B, patterns: [b]}]  # one\n",
                "+ exam_types: [{name: B, patterns: [b]}, {name: A, patterns: ['corps']}]  # one\n",
            ],
        ),
        ("exam_types:\n- {name: B, patterns: [b]}\n", ["+ - {name: A, patterns: ['corps']}\n"]),
        (
            "exam_types: [\n  {name: B, patterns: [b]},  # b\n]\n",
            [
                "-   {name: B, patterns: [b]},  # b\n",
                "+   {name: B, patterns: [b]}, {name: A, patterns: ['corps']},  # b\n",
            ],
        ),
    ],
)
def test_the_first_and_the_next_type_of_any_notation(tmp_path: Path, types: str, added: list[str]) -> None:
    lines, _ = saved_text(tmp_path, [Pick(VISION, "Corps", "A")], types)
    assert [line for line in lines if line.strip("+- \n")] == added


def test_what_is_shared_by_anchors_and_merge_keys_changes_where_it_was_meant_alone(tmp_path: Path) -> None:
    types = """\
exam_types:
  - &pet {name: A, patterns: &p ['a'], scanners: &s [Vision 600], takes_apart: true}
  - {<<: *pet, name: B, patterns: [b]}
  - {name: C, patterns: *p, scanners: *s}
  - name: D
    patterns: ['d']
    scanners: *s
"""
    picks = [Pick(SYMBIA, "Corps", "C"), Pick(SYMBIA, "Corps 2", "D")]
    lines, site = saved_text(tmp_path, picks, types)
    assert [line for line in lines if line[0] == "+"] == [
        "+   - {name: C, patterns: ['a', 'corps'], scanners: [Vision 600, Symbia Intevo]}\n",
        "+     patterns: ['d', 'corps2']\n",
        "+     scanners: [Vision 600, Symbia Intevo]\n",
    ]
    assert [kind.scanners for kind in site.exam_types[:2]] == [(VISION,), (VISION,)]


def test_a_list_that_others_repeat_hands_its_anchor_on(tmp_path: Path) -> None:
    types = """\
exam_types:
  - {name: A, patterns: [a], scanners: &s [Vision 600]}
  - {name: B, patterns: [b], scanners: *s}
  - {name: C, patterns: [c], scanners: *s}
"""
    lines, site = saved_text(tmp_path, [Pick(SYMBIA, "Corps", "A")], types)
    assert [kind.scanners for kind in site.exam_types] == [(VISION, SYMBIA), (VISION,), (VISION,)]
    assert [line for line in lines if line[0] == "+"] == [
        "+   - {name: A, patterns: [a, 'corps'], scanners: [Vision 600, Symbia Intevo]}\n",
        "+   - {name: B, patterns: [b], scanners: &s [Vision 600]}\n",
    ]


def test_what_a_merge_key_brings_becomes_its_own(tmp_path: Path) -> None:
    first = "- &a\n  name: A\n  patterns: [a]\n  scanners: [Vision 600]\n"
    types = f"exam_types:\n{first}- <<: *a\n  name: B\n  patterns: [b]\n"
    lines, _ = saved_text(tmp_path, [Pick(SYMBIA, "Corps", "B")], types)
    assert lines[1:] == ["+   patterns: [b, 'corps']\n", "+   scanners: [Vision 600, Symbia Intevo]\n"]


def test_what_cannot_be_changed_alone_is_refused_and_left(tmp_path: Path) -> None:
    # B repeats all of A but its name: A's patterns cannot change without B's.
    types = "exam_types:\n- &a {name: A, patterns: [a], scanners: [Vision 600]}\n- {<<: *a, name: B}\n"
    file, site = site_file(tmp_path, types)
    with pytest.raises(ConfigError, match=r"site\.yaml: cannot be changed here without changing other settings"):
        save_exam_types(file, site, map_descriptions(site, [Pick(VISION, "Corps", "A")]), NOW)
    assert site.file.read_bytes() == file.content
    assert [found.name for found in tmp_path.iterdir()] == ["site.yaml"]


def test_line_ends_and_the_mark_of_byte_order_stay(tmp_path: Path) -> None:
    text = "\ufeff" + (HEAD + BLOCK + REST).replace("\n", "\r\n")
    file, site = site_file(tmp_path, text=text)
    save_exam_types(
        file, site, map_descriptions(site, [Pick(VISION, "Hiver", "Neu"), Pick(VISION, "Corps", "FDG")]), NOW
    )
    new = site.file.read_bytes().decode("utf-8")
    assert new.startswith("\ufeff#")
    assert re.findall(r"[^\r]\n", new) == []
    assert lines_changed(text, new) == [
        "+       - 'corps'\r\n",
        "+   - name: Neu\r\n",
        "+     patterns:\r\n",
        "+     - 'hiver'\r\n",
    ]


def test_a_last_line_without_its_end(tmp_path: Path) -> None:
    file, site = site_file(tmp_path, text=HEAD + REST + BLOCK.rstrip("\n"))
    save_exam_types(file, site, map_descriptions(site, [Pick(VISION, "Hiver", "Été")]), NOW)
    assert site.file.read_text(encoding="utf-8").endswith("    - 'scinti.*'\n    - 'hiver'")


def test_the_example_of_a_site_file_changes_in_one_line(tmp_path: Path) -> None:
    before = yaml.safe_load(EXAMPLE)
    site = sv.load_site(ROOT / "params" / "site.example.yaml")
    after = map_descriptions(site, [Pick("PET/CT 1", "Total body", "FDG")])
    text = edit_exam_types(EXAMPLE, site.exam_types, after.exam_types)
    assert lines_changed(EXAMPLE, text) == [
        "-     patterns: ['petctfdg.*']\n",
        "+     patterns: ['petctfdg.*', 'totalbody']\n",
    ]
    before["exam_types"][0]["patterns"].append("totalbody")
    assert yaml.safe_load(text) == before


DESCRIPTIONS = st.text(min_size=0, max_size=15) | st.text(
    st.sampled_from("aA1 '\"#&*!|>{}[]%@`,:\\\t\n\r-?\x85\u2028é")
)
FILES = (HEAD + BLOCK + REST, DEMO, DEMO.replace("\n", "\r\n"))


@given(
    DESCRIPTIONS,
    st.sampled_from(FILES),
    st.sampled_from([VISION, SYMBIA, MILLENNIUM]),
    st.sampled_from(["FDG", "Été", "THYROIDE", "FDG STAND.", "no: 'such' #one"]),
)
@settings(max_examples=12)
def test_any_description_is_matched_afterwards_and_all_else_stays(
    tmp_path_factory: pytest.TempPathFactory, description: str, text: str, scanner: str, name: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    file, site = site_file(folder, text=text)
    after = map_descriptions(site, [Pick(scanner, description, name)])
    save_exam_types(file, site, after, NOW)
    now = sv.load_site(site.file)
    assert name_exam_type(description, scanner, now) == name
    assert now.model_dump() == after.model_dump()
    changed = lines_changed(text, site.file.read_bytes().decode("utf-8"))
    assert len(changed) <= 6
    for line in changed:
        comment = re.search(r"  +#.*", line)
        if line[0] == "-" and comment:
            assert any(new[0] == "+" and new.endswith(comment[0] + "\n") for new in changed)


# --- copies, and what is refused --------------------------------------------------------------------------------------


def save(file: SiteFile, site: sv.Site, description: str, now: datetime = NOW) -> Path:
    return save_exam_types(file, site, map_descriptions(site, [Pick(VISION, description, "FET")]), now).backup


def test_the_old_file_lies_beside_under_the_time(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    assert save(file, site, "Corps").name == "site.yaml.2026-11-22T101530.bak"
    again = SiteFile.read(site.file), sv.load_site(site.file)
    assert save(*again, "Corps 2").name == "site.yaml.2026-11-22T101530-2.bak"


def test_twenty_copies_are_kept_and_nothing_else_goes(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    mine = tmp_path / "site.yaml.before-christmas.bak"
    mine.write_text("mine")
    for day in range(KEPT + 2):
        (tmp_path / f"site.yaml.2026-10-{day + 1:02d}T080000.bak").write_text("old")
    newest = save(file, site, "Corps")
    copies = sorted(found.name for found in tmp_path.glob("*.bak"))
    assert len(copies) == KEPT + 1
    assert copies[0] == "site.yaml.2026-10-04T080000.bak"
    assert {mine.name, newest.name} <= set(copies)


def test_a_file_that_somebody_changed_meanwhile_is_left(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    site.file.write_bytes(file.content + b"# a thought\n")
    with pytest.raises(
        ConfigError, match=r"^[^\n]*site\.yaml: was changed meanwhile by somebody else; reload, then try"
    ):
        save(file, site, "Corps")
    assert site.file.read_bytes() == file.content + b"# a thought\n"


def test_a_file_that_somebody_saves_while_ours_is_tried_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, site = site_file(tmp_path)

    def load_slowly(path: Path) -> sv.Site:
        site.file.write_bytes(file.content + b"# a thought\n")
        return sv.load_site(path)

    monkeypatch.setattr("schedvisu_lib.site_file.load_site", load_slowly)
    with pytest.raises(ConfigError, match="was changed meanwhile by somebody else"):
        save(file, site, "Corps")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [file.content + b"# a thought\n"]


def test_a_site_that_is_not_that_of_the_file_is_refused(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    other = site.model_copy(update={"report": site.report.model_copy(update={"title": "Other"})})
    with pytest.raises(ConfigError, match="cannot be changed here without changing other settings"):
        save(file, other, "Corps")


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_mode_of_the_file_stays(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    site.file.chmod(0o640)
    backup = save(file, site, "Corps")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (site.file, backup)} == {0o640}


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root gives files away")
def test_owner_and_group_of_the_file_stay(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    os.chown(site.file, 12345, 23456)
    backup = save(file, site, "Corps")
    assert {(path.stat().st_uid, path.stat().st_gid) for path in (site.file, backup)} == {(12345, 23456)}


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_nobody_else_ever_reads_what_others_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, site = site_file(tmp_path)
    site.file.chmod(0o600)
    modes = []
    sync = os.fsync

    def synced(number: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(number).st_mode))
        sync(number)

    monkeypatch.setattr("os.fsync", synced)
    save(file, site, "Corps")
    assert modes == [0o600, 0o600]  # of the copy, and of the new file


def test_a_file_that_may_only_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, site = site_file(tmp_path)
    # As root everything may be written; the answer of the system is what counts.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(ConfigError, match=r"^[^\n]*site\.yaml: may only be read; allow to write it, or write the pat"):
        save(file, site, "Corps")


def test_a_copy_that_cannot_be_written_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, site = site_file(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("schedvisu_lib.site_file.os.fsync", full)
    with pytest.raises(ConfigError, match=r"^[^\n]*site\.yaml: cannot be written \(No space left on device\); check"):
        save(file, site, "Corps")
    assert site.file.read_bytes() == file.content
    assert not list(tmp_path.glob(".*.half"))


def test_undo_puts_the_old_file_back(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    saved = save_exam_types(file, site, map_descriptions(site, [Pick(VISION, "Corps", "FET")]), NOW)
    undo(saved)
    assert site.file.read_bytes() == file.content
    assert not saved.backup.exists()


def test_undo_leaves_what_was_changed_after_saving(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    saved = save_exam_types(file, site, map_descriptions(site, [Pick(VISION, "Corps", "FET")]), NOW)
    site.file.write_bytes(saved.after.content + b"# a thought\n")
    with pytest.raises(ConfigError, match="was changed meanwhile"):
        undo(saved)
    assert site.file.read_bytes() == saved.after.content + b"# a thought\n"


def test_undo_without_the_copy_says_so(tmp_path: Path) -> None:
    file, site = site_file(tmp_path)
    saved = save_exam_types(file, site, map_descriptions(site, [Pick(VISION, "Corps", "FET")]), NOW)
    saved.backup.unlink()
    with pytest.raises(ConfigError, match=r"cannot be written \(No such file or directory\)"):
        undo(saved)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read \(No such file or directory\)"):
        SiteFile.read(tmp_path / "site.yaml")
