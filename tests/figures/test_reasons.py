"""Reasons in the report's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import schedvisu_lib
from schedvisu_lib.figures.reasons import TEMPLATES, reason_words
from schedvisu_lib.language import language

FRENCH, ENGLISH = language("fr"), language("en")


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("modality SR", "modalité SR"),
        ("Image Type 3 is RECON TOMO", "Image Type 3 est RECON TOMO"),
        ("institution Clinique {x}", "institution Clinique {x}"),
        ("model Ingenuity TF, X: on no scanner of the site", "modèle Ingenuity TF, X\xa0: d’aucun scanner du site"),
        ("no Acquisition Time", "sans Acquisition Time"),
        ("no institution name", "sans nom d’institution"),
        ("", ""),
    ],
)
def test_reason_is_translated_and_what_it_names_stays(reason: str, french: str) -> None:
    assert reason_words(reason, FRENCH) == french
    assert reason_words(reason, ENGLISH) == reason


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_has_its_french(template: str) -> None:
    assert "{what}" in FRENCH(template)
    assert template.startswith("institution") or FRENCH(template) != template


def test_every_reason_of_the_archive_floor_has_its_french() -> None:
    folder = Path(schedvisu_lib.__file__).parent / "pacs"
    files = ("timing.py", "verdicts.py", "retrieve.py", "ladder.py", "ways.py", "dicomweb.py", "folder.py")
    text = "".join((folder / name).read_text(encoding="utf-8") for name in files)
    marks = r"(?:_NoTimingError\(|problem=|return |reason=|reason = |(?:_UNNAMED|NOT_SENT|NOT_LISTED): Final = )"
    texts = re.findall(marks + r'"([^"{}]{4,})"', text)
    found = {reason for reason in texts if not reason.startswith(("NM ", "PT "))}  # those are names of rules
    assert "no Acquisition Time" in found
    assert {reason for reason in found if reason_words(reason, FRENCH) == reason} == set()
