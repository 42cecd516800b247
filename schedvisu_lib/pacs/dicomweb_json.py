"""Read datasets in the DICOM JSON model (PS3.18 annex F), as far as they can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

_FIRST_PIXEL_GROUP: Final = 0x7FE0


def to_dataset(answer: Mapping[str, Any]) -> Dataset:
    """Return a dataset with those elements that can be read and stand before the pixels; not names, nor bulk data."""
    dataset = Dataset()
    for tag, element in answer.items():
        try:
            found = _element(int(tag, 16), element)
        except Exception:  # noqa: S112 - pydicom raises whatever the values of a broken element provoke
            continue
        if found is not None and found.tag.group < _FIRST_PIXEL_GROUP:
            dataset.add(found)
    return dataset


def _element(tag: int, element: Mapping[str, Any]) -> DataElement | None:
    if "Value" not in element and ("BulkDataURI" in element or "InlineBinary" in element):
        return None
    vr, value = element["vr"], element.get("Value", [])
    if vr == "PN":
        return None
    if vr == "SQ":
        return DataElement(tag, vr, Items([to_dataset(item or {}) for item in value]))
    key = "Value" if value else None
    return DataElement.from_json(Dataset, f"{tag:08X}", vr, value or None, key)
