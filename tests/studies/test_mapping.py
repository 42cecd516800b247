"""How patterns change so that a description gets an exam type, and nothing else does."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.config import OTHER, squeeze_description
from schedvisu_lib.settings.scanners import ExamType
from schedvisu_lib.studies.exam_types import name_exam_type
from schedvisu_lib.studies.mapping import Pick, count_descriptions, map_descriptions, pattern_of
from tests.conftest import build_studies, load_demo

VISION, D690, SYMBIA, MILLENNIUM = "Vision 600", "Discovery 690", "Symbia Intevo", "Millennium"
SITE = load_demo()


def kind_of(name: str, site: sv.Site) -> ExamType:
    return next(kind for kind in site.exam_types if kind.name == name)


def patterns(name: str, site: sv.Site) -> tuple[str, ...]:
    return tuple(kind_of(name, site).patterns)


def mapped(description: str, name: str, scanner: str = VISION) -> sv.Site:
    return map_descriptions(SITE, [Pick(scanner, description, name)])


def test_the_type_gets_the_description_as_a_pattern_behind_its_own() -> None:
    after = mapped("PET_CT (recherche) a|b", "PSMA")
    assert patterns("PSMA", after) == ("petct(68ga|18f)?psma.*", r"petctrecherchea\|b")
    assert [kind for kind in after.exam_types if kind.name != "PSMA"] == [
        kind for kind in SITE.exam_types if kind.name != "PSMA"
    ]


def test_a_name_that_no_type_has_makes_a_new_one_of_all_scanners_at_the_end() -> None:
    *others, new = mapped("Scinti leucocytes", "LEUCO", SYMBIA).exam_types
    assert tuple(others) == SITE.exam_types
    assert (new.name, new.patterns, new.scanners) == ("LEUCO", ("scintileucocytes",), None)


def test_several_descriptions_get_one_new_type() -> None:
    after = map_descriptions(SITE, [Pick(SYMBIA, "Leuco A", "LEUCO"), Pick(VISION, "Leuco B", "LEUCO")])
    assert patterns("LEUCO", after) == ("leucoa", "leucob")


def test_a_type_of_other_scanners_gets_the_scanner_too() -> None:
    assert kind_of("FET", mapped("PET CT FET", "FET", D690)).scanners == (VISION, D690)
    assert patterns("FET", mapped("PET CT FET", "FET", D690)) == patterns("FET", SITE)


def test_a_mapped_description_goes_to_an_earlier_type_without_any_other_change() -> None:
    after = mapped("PET CT PSMA 2", "FDG STAND.")
    assert patterns("FDG STAND.", after) == (*patterns("FDG STAND.", SITE), "petctpsma2")
    assert patterns("PSMA", after) == patterns("PSMA", SITE)


def test_an_earlier_type_leaves_out_what_goes_to_a_later_one() -> None:
    after = mapped("PET CT PSMA 2", "FET")
    assert patterns("PSMA", after) == (r"(?!petctpsma2\Z)(?:petct(68ga|18f)?psma.*)",)
    assert name_exam_type("PET CT PSMA 2", VISION, after) == "FET"
    assert name_exam_type("PET CT PSMA 22", VISION, after) == "PSMA"


def test_alternatives_and_flags_of_a_pattern_keep_their_sense() -> None:
    kinds = (
        SITE.exam_types[0].model_copy(update={"patterns": ("(?i)PETA|petb",), "scanners": None}),
        *SITE.exam_types[1:],
    )
    after = map_descriptions(SITE.model_copy(update={"exam_types": kinds}), [Pick(VISION, "pet B", "FET")])
    assert patterns("FDG STAND.", after) == (r"(?i)(?!petb\Z)(?:PETA|petb)",)
    assert [name_exam_type(text, VISION, after) for text in ("pet a", "pet b")] == ["FDG STAND.", "FET"]


def test_a_pattern_that_is_nothing_but_the_description_goes() -> None:
    first = mapped("Divers", "PSMA")
    after = map_descriptions(first, [Pick(VISION, "divers", "FET")])
    assert patterns("PSMA", after) == patterns("PSMA", SITE)
    assert patterns("FET", after) == (*patterns("FET", SITE), "divers")


def test_a_type_never_loses_its_last_pattern() -> None:
    first = map_descriptions(SITE, [Pick(VISION, "Divers", "A"), Pick(VISION, "Autre chose", "B")])
    with pytest.raises(ValueError, match=r'^"A" would keep no pattern: rename or remove it in the site file instead$'):
        map_descriptions(first, [Pick(VISION, "Divers", "B")])


def test_earlier_types_of_other_scanners_stay() -> None:
    # OS stands before THYROIDE but is not tried on the Vision.
    after = map_descriptions(SITE, [Pick(VISION, "Scintigraphie osseuse", "THYROIDE")])
    assert patterns("OS", after) == patterns("OS", SITE)


def test_picks_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match=r'^"Divers" cannot be OS on Symbia Intevo and another type elsewhere'):
        map_descriptions(SITE, [Pick(SYMBIA, "Divers", "OS"), Pick(MILLENNIUM, "Divers", "THYROIDE")])


@pytest.mark.parametrize("name", ["", "  ", OTHER])
def test_a_new_type_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of an exam type; write another one"):
        mapped("Divers", name)


DESCRIPTIONS = st.text(st.sampled_from("pPeEtTcC osy_-^()+:.'*|[]{}\\$?éß#&"), max_size=12) | st.sampled_from(
    [
        "PET-CT FDG corps entier",
        "Scintigraphie osseuse",
        "PET CT FET",
        "Scintigraphie pulmonaire ventilation",
        "nephrogramme",
    ]
)


@given(DESCRIPTIONS, st.sampled_from(SITE.scanner_names), st.sampled_from([k.name for k in SITE.exam_types] + ["NEW"]))
@settings(max_examples=200)
def test_a_description_has_its_type_afterwards_and_those_of_this_scanner_keep_theirs(
    description: str, scanner: str, name: str
) -> None:
    after = map_descriptions(SITE, [Pick(scanner, description, name)])
    assert name_exam_type(description, scanner, after) == name
    if name != "NEW" and scanner not in (kind_of(name, SITE).scanners or ()):
        return  # a type that is new to a scanner brings all its patterns along
    for known in ("PET CT PSMA", "SPECT CT os", "Scintigraphie myocardique", "other"):
        if squeeze_description(known) != squeeze_description(description):
            assert name_exam_type(known, scanner, after) == name_exam_type(known, scanner, SITE)


def test_descriptions_are_counted_by_type_and_scanner_with_their_days() -> None:
    day = {"exam_type": OTHER, "study_description": "Divers", "scanner": VISION}
    studies = build_studies(
        [
            {"start": "2026-05-12 08:00", "end": "2026-05-12 08:10", **day},
            {"start": "2026-05-04 08:00", "end": "2026-05-04 08:10", **day},
            {"start": "2026-05-04 09:00", "end": "2026-05-04 09:10", **day, "scanner": SYMBIA},
            {"start": "2026-05-05 09:00", "end": "2026-05-05 09:10"},
        ]
    )
    table = count_descriptions(studies)
    assert table.loc[0].tolist() == [OTHER, VISION, "Divers", 2, pd.Timestamp("2026-05-04"), pd.Timestamp("2026-05-12")]
    assert table["n"].tolist() == [2, 1, 1]
    assert table["scanner"].tolist() == [VISION, D690, SYMBIA]


def test_the_pattern_of_a_description_is_the_first_that_matches() -> None:
    assert pattern_of("TEP-CT FDG", VISION, SITE) == "tepctfdg.*"
    assert pattern_of("TEP-CT FDG", SYMBIA, SITE) is None
