"""The ways of an archive that speaks DIMSE: what each gives, what it costs, and what happens where one is refused."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import date

import pytest

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dimse import GET, MOVE
from schedvisu_lib.pacs.source import Found
from schedvisu_lib.pacs.sources import DimseSource
from schedvisu_lib.pacs.values import text
from schedvisu_lib.pacs.ways import KINDS, NOT_LISTED, NOT_SENT, SeriesAnswers
from tests.pacs.odd import OddArchive, several

MONDAY = date(2026, 5, 11)


def truth(running):
    return {one.uid: one for study in running.hospital.studies_on(MONDAY) for one in study.series}


def ends(one):
    """SOP Instance UIDs of a series' first and last image, or of its only one."""
    return [one.instance_uid(index) for index in sorted({0, one.n_instances - 1})]


def images(listed):
    """Of the series that are images: CT, PT, NM."""
    return [one for one in listed if one.modality in ("CT", "PT", "NM")]


def found_by(site, running, name=None):
    """What the last way of a site (or the one of a name) gives of the day, and how many requests it took."""
    with DimseSource(site.pacs) as source:
        listed = images(source.list_day(MONDAY))
        way = source.ways[-1] if name is None else next(one for one in source.ways if one.name == name)
        before = source.traffic.requests
        found = way.look_up(listed)
        return listed, found, source.traffic.requests - before


# From answers


def test_series_answers_tell_of_series_with_a_single_image_and_cost_nothing(archive, site_of):
    listed, found, requests = found_by(site_of(archive.port, ways=("series",)), archive)
    assert requests == 0
    assert found.keys() == {one.series_uid for one in listed if one.n_instances == 1}
    assert found
    for one in listed:
        if one.n_instances == 1:
            assert found[one.series_uid] == Found((one.answer,), 1, complete=False)


def test_series_answers_tell_nothing_where_the_number_of_images_is_not_known(archive, site_of):
    with DimseSource(site_of(archive.port).pacs) as source:
        listed = source.list_day(MONDAY)
    assert SeriesAnswers().look_up([replace(one, n_instances=None) for one in listed]) == {}


def test_image_answers_hold_what_the_headers_of_first_and_last_image_would_tell(archive, site_of):
    _, found, requests = found_by(site_of(archive.port, ways=("image",)), archive)
    assert requests <= 4
    true = truth(archive)
    for uid, one in found.items():
        assert [header.SOPInstanceUID for header in one.headers] == ends(true[uid])
        assert one.n_instances == true[uid].n_instances
        assert not one.complete
        assert all(text(header, "ImageType") for header in one.headers)


def test_image_answers_of_an_archive_that_tells_nothing_are_learned_and_not_asked_for_again(hospital, site_of):
    with OddArchive(hospital, attributes=False) as running, DimseSource(site_of(running.port).pacs) as source:
        way = source.ways[1]
        assert way.name == "IMAGE answers"
        listed = images(source.list_day(MONDAY))
        first = way.look_up(listed)
        asked_by_name = sum(bool(query.get("SOPInstanceUID")) for query in running.finds)
        assert asked_by_name == -(-sum(len(one.headers) for one in first.values()) // 100)
        source.list_day(MONDAY)
        second = way.look_up(listed)
        assert sum(bool(query.get("SOPInstanceUID")) for query in running.finds) == asked_by_name
    assert source.archive.habits.tells_attributes is False
    assert first.keys() == second.keys() == {one.series_uid for one in listed}
    assert not any(text(header, "ImageType") for one in first.values() for header in one.headers)


# Images that are sent

EACH = [("headers", "C-GET without bulk data"), ("get", "C-GET"), ("move", "C-MOVE")]


@pytest.mark.parametrize(("way", "name"), EACH)
def test_first_and_last_image_are_asked_for_in_lists_of_the_size_that_the_site_says(
    hospital, site_of, free_port, way, name
):
    settings = {"attributes": False, "without_bulk_data": True, "destinations": {"SCHEDVISU": ("127.0.0.1", free_port)}}
    with OddArchive(hospital, **settings) as running:
        site = site_of(running.port, ways=(way,), move_port=free_port, images_per_request=40)
        listed, found, _ = found_by(site, running)
    true = truth(running)
    wanted = [uid for one in listed for uid in ends(true[one.series_uid])]
    assert sorted(running.sent) == sorted(wanted)
    assert [n for _, n in running.retrievals] == [40] * (len(wanted) // 40) + [len(wanted) % 40]
    assert {service for service, _ in running.retrievals} == {name.partition(" ")[0]}
    for uid, one in found.items():
        assert [header.SOPInstanceUID for header in one.headers] == ends(true[uid])
        assert (one.n_instances, one.complete, one.problem) == (true[uid].n_instances, True, "")


def test_the_site_may_fix_the_ways_and_their_order(archive, site_of):
    with DimseSource(site_of(archive.port).pacs) as source:
        assert [way.name for way in source.ways] == [
            "SERIES answers",
            "IMAGE answers",
            "C-GET without bulk data",
            "C-GET",
            "C-MOVE",
        ]
    with DimseSource(site_of(archive.port, ways=("move", "image")).pacs) as source:
        assert [way.name for way in source.ways] == ["C-MOVE", "IMAGE answers"]
    assert {way: kind.name for way, kind in KINDS.items()} == dict(EACH)


def test_what_a_list_did_not_bring_is_asked_for_singly_and_told(hospital, site_of):
    with OddArchive(hospital, attributes=False) as running:
        true = truth(running)
        victims = [one for one in true.values() if one.modality in ("CT", "NM", "PT") and one.storage != "SC"][:2]
        running.withholds = {ends(one)[-1] for one in victims}
        _, found, _ = found_by(site_of(running.port, ways=("get",), images_per_request=200), running)
    assert [n for _, n in running.retrievals[-2:]] == [1, 1]
    assert sum(n == 1 for _, n in running.retrievals) == 2
    for uid, one in found.items():
        if uid in {victim.uid for victim in victims}:
            assert one == Found((), true[uid].n_instances, complete=True, problem=NOT_SENT)
        else:
            assert one.headers


def test_a_get_that_always_breaks_brings_single_images_or_none_and_no_broken_ones(bare_archive, site_of, cutting):
    with DimseSource(site_of(bare_archive.port, ways=("get",)).pacs) as source:
        listed = images(source.list_day(MONDAY))[:6]
        source.ways[0].look_up(listed[:1])  # the association stands and the ends are found without the proxy
        known = source._ends.of(listed)
    proxy = cutting(bare_archive.port, limit=8_500, cuts=10_000)
    with DimseSource(site_of(proxy.port, ways=("get",), tries=2).pacs) as source:
        source._ends._known = known
        found = source.ways[0].look_up(listed)
    true = truth(bare_archive)
    assert found.keys() == {one.series_uid for one in listed}
    assert proxy.cuts_left < 10_000
    for uid, one in found.items():
        assert one.problem == ("" if one.headers else NOT_SENT)
        assert [header.SOPInstanceUID for header in one.headers] in (ends(true[uid]), [])
        assert all(header.HighBit for header in one.headers)  # the last element before the pixels


def test_reports_are_told_by_their_class_and_not_sent(archive, site_of):
    with DimseSource(site_of(archive.port, ways=("get",)).pacs) as source:
        reports = [one for one in source.list_day(MONDAY) if one.modality == "SR"]
        found = source.ways[0].look_up(reports)
        assert source.traffic.images == 0
    assert reports
    assert found.keys() == {one.series_uid for one in reports}
    assert not any(one.complete or one.problem for one in found.values())


def test_a_series_of_which_no_image_is_listed_says_so(hospital, site_of):
    def lists_no_images(query):
        if query.QueryRetrieveLevel == "IMAGE":
            query.SOPInstanceUID, query.InstanceNumber = "1.2.3", None

    with OddArchive(hospital, lists_no_images) as running:
        listed, found, _ = found_by(site_of(running.port, ways=("image", "get")), running)
        assert running.retrievals == []
    for one in listed:
        assert found[one.series_uid] == Found((), one.n_instances, complete=True, problem=NOT_LISTED)


# Refusals


def test_an_archive_that_offers_neither_get_nor_move_ends_the_retrieval_with_one_line(hospital, site_of):
    with OddArchive(hospital, lacks=(GET, MOVE)) as running, DimseSource(site_of(running.port).pacs) as source:
        listed = images(source.list_day(MONDAY))
        headers, get, move = source.ways[2:]
        assert headers.look_up(listed) == {}
        assert get.look_up(listed) == {}
        with pytest.raises(PacsUnreachable) as caught:
            move.look_up(listed)
        where = f"PACS DEMOPACS at 127.0.0.1:{running.port} does not offer"
    assert str(caught.value) == (
        f"{where} C-GET without bulk data to SCHEDVISU; {where} C-GET to SCHEDVISU; {where} C-MOVE to SCHEDVISU; "
        "ask its administrator for one of them, or see pacs.ways"
    )


@pytest.mark.parametrize("status", [0x0122, 0x0124])
def test_a_refused_get_leaves_the_rest_to_move_and_is_not_asked_for_again(hospital, site_of, free_port, status):
    with OddArchive(hospital, fails={"C-GET": status}, destinations={"SCHEDVISU": ("127.0.0.1", free_port)}) as running:
        site = site_of(running.port, ways=("get", "move"), move_port=free_port)
        with DimseSource(site.pacs) as source:
            listed = images(source.list_day(MONDAY))[:40]
            get, move = source.ways
            refused = get.look_up(listed)
            found = move.look_up(listed)
            assert get.look_up(listed) == {}
    assert all(one.headers for one in found.values())
    assert [n for service, n in running.retrievals if service == "C-GET"] == [50, 1]
    assert refused.keys() == found.keys()
    [problem] = {one.problem for one in refused.values() if not one.headers}
    assert f"C-GET ended with status 0x{status:04X}" in problem


def test_a_move_to_nowhere_after_a_refused_get_ends_the_retrieval_and_says_both(hospital, site_of, free_port):
    with OddArchive(hospital, fails={"C-GET": 0x0124}) as running:
        site = site_of(running.port, ways=("get", "move"), move_port=free_port)
        with DimseSource(site.pacs) as source:
            listed = images(source.list_day(MONDAY))[:40]
            get, move = source.ways
            get.look_up(listed)
            with pytest.raises(
                PacsUnreachable,
                match=r"C-GET ended with status 0x0124 \(not authorised\); .* 0xA801 \(move .*\); .* see pacs\.ways$",
            ):
                move.look_up(listed)


@pytest.mark.parametrize("status", [0xA701, 0xA702, 0xC000])
def test_a_failure_that_is_no_refusal_leaves_the_series_open_and_the_way_in_use(hospital, site_of, status):
    with (
        OddArchive(hospital, fails={"C-GET": status}) as running,
        DimseSource(site_of(running.port, ways=("get",)).pacs) as source,
    ):
        listed = images(source.list_day(MONDAY))[:4]
        found = source.ways[0].look_up(listed)
        assert {one.problem for one in found.values()} == {NOT_SENT}
        running.fails = {}
        again = source.ways[0].look_up(listed)
    assert all(one.headers for one in again.values())


def test_a_list_that_is_refused_but_single_images_are_not_costs_no_image(hospital, site_of):
    class OneByOne(OddArchive):
        def _instances(self, event):
            self.fails = {"C-GET": 0x0124} if several(event.identifier, "SOPInstanceUID") else {}
            return super()._instances(event)

    with OneByOne(hospital) as running, DimseSource(site_of(running.port, ways=("get",)).pacs) as source:
        listed = images(source.list_day(MONDAY))[:3]
        found = source.ways[0].look_up(listed)
    assert all(one.headers for one in found.values())


def test_a_port_that_is_taken_ends_a_retrieval_by_move_alone(hospital, site_of, free_port):
    with (
        OddArchive(hospital, destinations={"SCHEDVISU": ("127.0.0.1", free_port)}) as running,
        socket.create_server(("127.0.0.1", free_port)),
        DimseSource(site_of(running.port, ways=("move",), move_port=free_port).pacs) as source,
    ):
        listed = images(source.list_day(MONDAY))
        with pytest.raises(PacsUnreachable, match=rf"cannot listen on port {free_port} for C-MOVE"):
            source.ways[0].look_up(listed)
