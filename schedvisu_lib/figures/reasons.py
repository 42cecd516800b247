"""Why a series was not kept, in the report's language; the tables hold the reasons in English."""

from __future__ import annotations

import re
from typing import Final

from schedvisu_lib.language import Language
from schedvisu_lib.studies.quality import COUNTS, DOUBLE, MIXED

TEMPLATES: Final = (
    "modality {what}",
    "no images ({what})",
    "Image Type 2 is {what}",
    "Image Type 3 is {what}",
    "institution {what}",
    "model {what}: on no scanner of the site",
    "no frames or frame duration in its {what}",
)
"""The reasons that name something; the others are translated as they stand."""


def reason_words(reason: str, t: Language) -> str:
    """Return a reason in a language; what it names (an institution, a model) stays as it is."""
    for template in TEMPLATES:
        before, _, after = template.partition("{what}")
        match = re.fullmatch(f"{re.escape(before)}(?P<what>.+){re.escape(after)}", reason)
        if match:
            return t(template).replace("{what}", match["what"])
    return t(reason)


def fate_words(reason: str, t: Language) -> str:
    """Return why a series counted or not (``studies.quality.series_fates``), in a language."""
    fates = {
        COUNTS: t("makes an exam"),
        DOUBLE: t("same times as another series of the patient: counts once"),
        MIXED: t("its study is mixed: makes no exam"),
    }
    return fates[reason] if reason in fates else reason_words(reason, t)
