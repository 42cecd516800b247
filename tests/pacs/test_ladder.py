"""From the cheapest way to the dearest: each gets what the ones before left open, and the one that settles is named."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from pydicom.dataset import Dataset
from pynetdicom.sop_class import (
    CTImageStorage,
    NuclearMedicineImageStorage,
    PositronEmissionTomographyImageStorage,
    RawDataStorage,
)

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.ladder import Settled, settle, why_no_image
from schedvisu_lib.pacs.source import Found, ListedSeries
from schedvisu_lib.pacs.timing import time_series

ZONE = ZoneInfo("Europe/Zurich")
NO_TIMES = "the archive tells no times of it in its answers"


class Given:
    """A way that gives what it is told to, and remembers for which series it was asked."""

    def __init__(self, name, **found):
        self.name = name
        self.found = found
        self.asked = []

    def look_up(self, series):
        self.asked.append([one.series_uid for one in series])
        return {one.series_uid: self.found[one.series_uid] for one in series if one.series_uid in self.found}


class Broken:
    name = "broken"

    def __init__(self, error):
        self.error = error

    def look_up(self, series):
        raise self.error


def dataset(**elements):
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def listed(uid, modality="PT", model="Discovery 690", n_instances=2):
    return ListedSeries(Dataset(), dataset(ManufacturerModelName=model), "1.2", uid, modality, n_instances)


def pet(**elements):
    """A PT header that tells all."""
    whole = {
        "SOPClassUID": PositronEmissionTomographyImageStorage,
        "Modality": "PT",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "ManufacturerModelName": "Discovery 690",
        "AcquisitionDate": "20260511",
        "AcquisitionTime": "081530",
        "ActualFrameDuration": "180000",
    }
    return dataset(**{key: value for key, value in (whole | elements).items() if value is not None})


def answers(*headers, n_instances=2):
    return Found(headers, n_instances, complete=False)


def image(*headers, n_instances=2):
    return Found(headers, n_instances, complete=True)


def nothing(problem="it did not come", n_instances=2):
    return Found((), n_instances, complete=True, problem=problem)


# Order


def test_what_a_way_settles_the_next_one_is_not_asked_for():
    first = Given("first", a=answers(pet(), pet()))
    second = Given("second", b=image(pet()))
    third = Given("third", c=image(pet()))
    settled = settle([first, second, third], [listed(uid) for uid in "abc"], ZONE)
    assert (first.asked, second.asked, third.asked) == ([["a", "b", "c"]], [["b", "c"]], [["c"]])
    assert {uid: one.way for uid, one in settled.items()} == {"a": "first", "b": "second", "c": "third"}


def test_once_all_is_settled_no_way_is_asked():
    last = Given("last")
    settle([Given("first", a=image(pet())), last], [listed("a")], ZONE)
    assert last.asked == []
    assert settle([last], [], ZONE) == {}
    assert last.asked == []


def test_what_settled_a_series_is_given_on_whole():
    headers = (pet(), pet(AcquisitionTime="083000"))
    settled = settle([Given("way", a=image(*headers, n_instances=47))], [listed("a", n_instances=None)], ZONE)
    assert settled == {"a": Settled(headers, 47, "way", timing=time_series("PT", headers, ZONE))}


def test_a_series_for_which_nobody_was_asked_is_left_out():
    assert settle([Given("way", a=image(pet()), b=image(pet()))], [listed("a")], ZONE).keys() == {"a"}


# What suffices


@pytest.mark.parametrize(
    "header",
    [pet(AcquisitionDate=None, AcquisitionTime=None), pet(ImageType=None), dataset(Modality="PT")],
    ids=["no times", "no image type", "almost empty"],
)
def test_a_whole_header_is_final_whatever_it_lacks(header):
    dearer = Given("dearer", a=image(pet()))
    settled = settle([Given("cheap", a=image(header)), dearer], [listed("a")], ZONE)
    assert settled["a"].way == "cheap"
    assert dearer.asked == []


NM = {"SOPClassUID": NuclearMedicineImageStorage, "Modality": "NM", "ImageType": ["ORIGINAL", "PRIMARY", "STATIC"]}


@pytest.mark.parametrize(
    ("modality", "model", "header", "suffices"),
    [
        ("PT", "Discovery 690", pet(), True),
        ("PT", "Discovery 690", pet(ManufacturerModelName=None), True),
        ("PT", "", pet(), True),
        ("PT", "", pet(ManufacturerModelName=None), False),
        ("PT", "Discovery 690", pet(ImageType=None), False),
        ("PT", "Discovery 690", pet(AcquisitionTime=None), False),
        ("PT", "Discovery 690", pet(ActualFrameDuration=None), False),
        ("CT", "Discovery 690", pet(Modality="CT", SOPClassUID=CTImageStorage, ActualFrameDuration=None), True),
        ("NM", "Discovery 690", pet(**NM), True),
        ("NM", "Discovery 690", pet(**NM, ActualFrameDuration=None), False),
        ("PT", "Discovery 690", pet(ImageType=["DERIVED", "SECONDARY"], AcquisitionTime=None), True),
        ("PT", "", dataset(SOPClassUID=RawDataStorage), True),
        ("PT", "Discovery 690", Dataset(), False),
    ],
)
def test_answers_to_queries_suffice_if_they_tell_all_that_the_rules_read(modality, model, header, suffices):
    dearer = Given("dearer", a=image(pet()))
    settled = settle([Given("cheap", a=answers(header)), dearer], [listed("a", modality, model)], ZONE)
    assert settled["a"].way == ("cheap" if suffices else "dearer")


@pytest.mark.parametrize("lacks", ["ImageType", "AcquisitionTime", "ActualFrameDuration"])
def test_both_ends_have_to_tell(lacks):
    dearer = Given("dearer", a=image(pet()))
    cheap = Given("cheap", a=answers(pet(), pet(**{lacks: None})))
    both_tell = Given("cheap", a=answers(pet(), pet()))
    assert settle([both_tell, dearer], [listed("a")], ZONE)["a"].way == "cheap"
    assert settle([cheap, dearer], [listed("a")], ZONE)["a"].way == "dearer"


# What stays open


def test_what_no_way_gives_says_why_and_which_ways_were_tried():
    ways = [
        Given("answers", a=answers(Dataset())),
        Given("get", a=nothing("it did not come")),
        Given("move", a=nothing("it did not come either")),
    ]
    assert settle(ways, [listed("a")], ZONE) == {
        "a": Settled((), 2, "answers, get, move", "it did not come either"),
    }


def test_a_way_that_knows_nothing_of_a_series_is_not_named():
    settled = settle([Given("get"), Given("move", a=nothing())], [listed("a")], ZONE)
    assert settled["a"].way == "move"


def test_answers_that_tell_too_little_are_named_as_such():
    settled = settle([Given("answers", a=answers(Dataset(), n_instances=7))], [listed("a", n_instances=None)], ZONE)
    assert settled["a"] == Settled((), 7, "answers", NO_TIMES)


@pytest.mark.parametrize("ways", [[], [Given("way")]])
def test_without_any_way_a_series_stays_open_all_the_same(ways):
    assert settle(ways, [listed("a", n_instances=9)], ZONE) == {"a": Settled((), 9, "no way", NO_TIMES)}


@pytest.mark.parametrize("error", [PacsUnreachable("gone"), PacsError("images could not be listed")])
def test_an_error_ends_it_all(error):
    with pytest.raises(type(error), match=str(error)):
        settle([Given("first", a=image(pet())), Broken(error)], [listed("a"), listed("b")], ZONE)


# Raw data


@pytest.mark.parametrize(
    ("sop_class", "reason"),
    [
        ("1.2.840.10008.5.1.4.1.1.66", "no images (Raw Data Storage)"),
        ("1.3.12.2.1107.5.9.1", "no images (1.3.12.2.1107.5.9.1)"),
        ("1.2.840.10008.5.1.4.1.1.128", ""),
        ("1.2.840.10008.5.1.4.1.1.7", ""),  # a screen capture is an image; its header says that it is secondary
        ("", ""),
    ],
)
def test_raw_data_are_no_images(sop_class, reason):
    assert why_no_image([dataset(SOPClassUID=sop_class)]) == reason


def test_one_image_of_raw_data_makes_a_series_of_them():
    assert why_no_image([pet(), dataset(SOPClassUID=RawDataStorage)]) == "no images (Raw Data Storage)"
    assert why_no_image([]) == ""
