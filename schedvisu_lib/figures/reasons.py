"""Why a series was not kept, in the report's language; the tables hold the reasons in English."""

from __future__ import annotations

import re
from typing import Final

from schedvisu_lib.language import Language

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
