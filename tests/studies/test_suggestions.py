"""What to write into the site file for descriptions that no pattern fits: pasted, it names the exams."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.config import OTHER, squeeze_description
from schedvisu_lib.studies.exam_types import name_exam_type
from schedvisu_lib.studies.suggestions import lines_to_paste, spellings, suggest_types
from schedvisu_lib.tables import STUDIES, empty
from tests.conftest import ROOT, build_studies, write_site_file

SITE = sv.load_site(ROOT / "params" / "demo.yaml")
VISION, SYMBIA, MILLENNIUM = "Vision 600", "Symbia Intevo", "Millennium"
KNOWN = build_studies(
    [
        {"start": "2026-05-04", "end": "2026-05-04", "exam_type": kind, "study_description": description}
        for kind, description in [
            ("FDG STAND.", "PET^CT_FDG corps entier"),
            ("OS", "Scintigraphie osseuse 3 phases"),
            (OTHER, "PET CT protocole étude 12"),
        ]
    ]
)


def unmapped(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["scanner", "study_description"]).assign(n=1)


def suggested(scanner: str, description: str, known: pd.DataFrame = KNOWN) -> tuple[str, str]:
    [row] = suggest_types(unmapped((scanner, description)), known, SITE).itertuples()
    return row.nearest, row.suggested


# --- what is alike ----------------------------------------------------------------------------------------------------


def test_another_spelling_of_a_known_description_is_its_type() -> None:
    assert suggested(VISION, "PET/CT FDG Corps-Entier") == ("FDG STAND.", "FDG STAND.")
    assert suggested(SYMBIA, "Scinti osseuse 3 phases") == ("OS", "OS")


def test_similarity_is_a_percentage_of_the_squeezed_texts() -> None:
    [alike] = suggest_types(unmapped((VISION, "PETCT FDG corps entiere")), KNOWN, SITE)["similarity"]
    # 19 and 20 letters, 19 of them in common and in order: 2 * 19 / 39.
    assert alike == pytest.approx(100 * 38 / 39)


def test_what_the_patterns_spell_is_known_without_any_exam() -> None:
    assert suggested(VISION, "PETCT FDG standart", empty(STUDIES))[1] == "FDG STAND."


def test_what_is_like_nothing_gets_a_type_of_its_own_name() -> None:
    nearest, name = suggested(SYMBIA, "Scintigraphie_hépatobiliaire")
    assert name == "SCINTIGRAPHIE HÉPATOBILIAIRE"
    assert nearest in {kind.name for kind in SITE.exam_types_of(SYMBIA)}


def test_exams_of_no_type_make_nothing_known() -> None:
    assert suggested(VISION, "PET CT protocole étude 13")[1] == "PET CT PROTOCOLE ÉTUDE 13"


def test_a_type_of_other_scanners_counts_only_for_the_very_same_description() -> None:
    # OS is done on Symbia but FDG is not.
    assert suggested(SYMBIA, "PET/CT FDG Corps-Entier")[1] != "FDG STAND."
    assert suggested(SYMBIA, "PETCT FDG corps entier") == ("FDG STAND.", "FDG STAND.")


def test_an_empty_description_is_like_nothing() -> None:
    assert suggested(VISION, "") == ("", "")
    assert suggested(VISION, "^_") == ("", "")
    assert lines_to_paste(suggest_types(unmapped((VISION, "")), KNOWN, SITE), SITE) == []


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("petctfdg(corpsentier|standard)?", ["petctfdgcorpsentier", "petctfdgstandard", "petctfdg"]),
        ("tepctfdg.*", ["tepctfdg"]),
        ("(?:a|b)c(d|e)", ["acd", "ace", "bcd", "bce"]),
        ("spect[a-z]{2}os", ["spectos"]),
        (".*", []),
    ],
)
def test_patterns_are_spelt_out(pattern: str, texts: list[str]) -> None:
    assert spellings(pattern) == texts


# --- what is pasted ---------------------------------------------------------------------------------------------------


def pasted(folder: Path, lines: list[str]) -> sv.Site:
    """Paste lines into the demo's site file, each in place of the entry of its name or at the end, and load it."""
    write_site_file(folder)
    text = (folder / "site.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    entries = {
        kind["name"]: yaml.safe_dump(kind, default_flow_style=True, width=10_000) for kind in content["exam_types"]
    }
    for line in lines:
        [entry] = yaml.safe_load(line)
        entries[entry["name"]] = line.removeprefix("- ") + "\n"
    block = "exam_types:\n" + "".join(f"  - {entry}" for entry in entries.values())
    del content["exam_types"]
    (folder / "site.yaml").write_text(yaml.safe_dump(content, allow_unicode=True) + block, encoding="utf-8")
    return sv.load_site(folder / "site.yaml")


def test_lines_name_the_exams_when_they_are_pasted(tmp_path: Path) -> None:
    pairs = [
        (VISION, "PET/CT FDG Corps-Entier"),
        (VISION, "PETCT FDG standart [AB] #1, \"50%\" {x}: 'oui' & C:\\d"),
        ("Discovery 690", "PETCT FDG standart"),
        (SYMBIA, "Scinti osseuse 3 phases"),
        (SYMBIA, "PETCT FDG corps entier"),
        (MILLENNIUM, "no"),
        (MILLENNIUM, "12:30"),
        (MILLENNIUM, "1e5"),
    ]
    suggestions = suggest_types(unmapped(*pairs), KNOWN, SITE)
    site = pasted(tmp_path, lines_to_paste(suggestions, SITE))
    for (scanner, description), name in zip(pairs, suggestions["suggested"], strict=True):
        assert name_exam_type(description, scanner, SITE) == OTHER
        assert name_exam_type(description, scanner, site) == name
    fdg = next(kind for kind in site.exam_types if kind.name == "FDG STAND.")
    assert fdg.scanners == ("Discovery 690", "Vision 600", SYMBIA)
    assert len(site.exam_types) > len(SITE.exam_types)


def test_a_line_is_the_whole_entry_with_the_new_patterns() -> None:
    suggestions = suggest_types(
        unmapped((SYMBIA, "Scinti osseuse 3 phases"), (MILLENNIUM, "Scinti osseuse")), KNOWN, SITE
    )
    assert lines_to_paste(suggestions, SITE) == [
        "- {name: OS, patterns: ['scintigraphieosseuse.*', 'spectctos.*', 'scintiosseuse3phases', 'scintiosseuse'], "
        "scanners: [Discovery 670, Symbia Intevo, Millennium], takes_apart: true}"
    ]


def test_what_a_pattern_fits_already_on_another_scanner_needs_no_other_pattern() -> None:
    [line] = lines_to_paste(suggest_types(unmapped((SYMBIA, "PETCT FDG corps entier")), KNOWN, SITE), SITE)
    assert yaml.safe_load(line)[0]["patterns"] == list(SITE.exam_types[0].patterns)


def test_no_two_new_types_have_one_name(tmp_path: Path) -> None:
    pairs = [(VISION, "zzz^1"), (VISION, "ZZZ_1"), (VISION, "OTHER"), (VISION, "os")]
    suggestions = suggest_types(unmapped(*pairs), KNOWN, SITE)
    assert suggestions["suggested"].tolist() == ["ZZZ 1", "ZZZ 1 2", "OTHER 2", "OS 2"]
    assert pasted(tmp_path, lines_to_paste(suggestions, SITE)).exam_types


def test_one_new_description_on_two_scanners_is_one_type() -> None:
    suggestions = suggest_types(unmapped((VISION, "zzz"), (SYMBIA, "zzz")), KNOWN, SITE)
    assert lines_to_paste(suggestions, SITE) == ["- {name: ZZZ, patterns: ['zzz']}"]


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=64))
def test_every_line_is_yaml_with_a_pattern_that_fits(description: str) -> None:
    lines = lines_to_paste(suggest_types(unmapped((VISION, description)), KNOWN, SITE), SITE)
    squeezed = squeeze_description(description)
    assert len(lines) == bool(squeezed)
    for line in lines:
        assert "\n" not in line
        [entry] = yaml.safe_load(line)
        assert any(re.fullmatch(pattern, squeezed) for pattern in entry["patterns"])


def test_nothing_is_suggested_for_nothing() -> None:
    suggestions = suggest_types(unmapped(), KNOWN, SITE)
    assert suggestions.empty
    assert lines_to_paste(suggestions, SITE) == []
