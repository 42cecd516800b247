"""Read datasets in the DICOM JSON model (PS3.18 annex F), as far as they can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.tag import BaseTag

_FIRST_PIXEL_GROUP: Final = 0x7FE0
_TEXTS: Final = frozenset(("AE", "AS", "CS", "DA", "DT", "LO", "SH", "TM", "UI"))
_PLAIN: Final = re.compile(r"[ -\[\]-~]+")
"""Letters that mean the same in every character set, and none that parts values."""


def to_dataset(answer: Mapping[str, Any]) -> Dataset:
    """Return a dataset with those elements that can be read and stand before the pixels; not names, nor bulk data."""
    elements: dict[BaseTag, DataElement | RawDataElement] = {}
    for key, element in answer.items():
        try:
            tag = BaseTag(int(key, 16))
            found = _element(tag, element) if 0 <= tag.group < _FIRST_PIXEL_GROUP else None
        except Exception:  # noqa: S112 - pydicom raises whatever the values of a broken element provoke
            continue
        if found is not None:
            elements[tag] = found
    return Dataset(elements)


def _element(tag: BaseTag, element: Mapping[str, Any]) -> DataElement | RawDataElement | None:
    if "Value" not in element and ("BulkDataURI" in element or "InlineBinary" in element):
        return None
    vr, value = element["vr"], element.get("Value", [])
    if vr == "PN":
        return None
    if vr == "SQ":
        return DataElement(tag, vr, Items([to_dataset(item or {}) for item in value]))
    if vr in _TEXTS and value and all(isinstance(one, str) and _PLAIN.fullmatch(one) for one in value):
        # Decoded when it is looked at, as few are: half of the time of an answer.
        content = "\\".join(value).encode("ascii")
        return RawDataElement(tag, vr, len(content), content, 0, False, True)
    key = "Value" if value else None
    return DataElement.from_json(Dataset, f"{tag:08X}", vr, value or None, key)
