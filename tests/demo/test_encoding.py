from __future__ import annotations

import pytest
from pynetdicom.dsutils import encode

from schedvisu_lib.demo.datasets import header_dataset
from schedvisu_lib.demo.encoding import encode_header, tag_of
from schedvisu_lib.demo.headers import Header, image_header, series_header, study_header
from schedvisu_lib.demo.records import SimStudy


@pytest.mark.parametrize("explicit", [True, False])
def test_headers_are_encoded_as_pydicom_does(all_studies: list[SimStudy], explicit: bool) -> None:
    for study in all_studies[:60]:
        for series in study.series:
            header = study_header(study) | series_header(series) | image_header(series, 0)
            ordered = _in_order(header)
            assert encode_header(ordered, explicit=explicit) == encode(header_dataset(header), not explicit, True)


def test_keys_without_value_are_empty() -> None:
    header = _in_order({"AcquisitionTime": (), "NumberOfPhases": (), "PhaseInformationSequence": ()})
    assert encode_header(header, explicit=True) == (
        b"\x08\x00\x32\x00TM\x00\x00" + b"\x54\x00\x31\x00US\x00\x00" + b"\x54\x00\x32\x00SQ\x00\x00\x00\x00\x00\x00"
    )


def _in_order(header: Header) -> Header:
    return dict(sorted(header.items(), key=lambda pair: tag_of(pair[0])))
