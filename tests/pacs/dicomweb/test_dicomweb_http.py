"""Web services that misbehave: a server of our own that really listens."""

from __future__ import annotations

import logging
import time
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs import dicomweb_http
from schedvisu_lib.pacs.dicomweb import DicomWebSource, WebArchive
from schedvisu_lib.pacs.dicomweb_http import PASSWORD, TOKEN, USER, WebClient, WebRefused
from schedvisu_lib.pacs.line import TooManyAnswers
from schedvisu_lib.pacs.patience import LineBroken
from schedvisu_lib.pacs.queries import image_query, study_query
from schedvisu_lib.pacs.values import text

MONDAY = date(2026, 5, 11)


def always(status, body=b"", **headers):
    return lambda handler, _: handler.say(status, body, **headers)


STUDY = {"0020000D": {"vr": "UI", "Value": ["1.2.3"]}}


# What may pass


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_busy_for_a_moment_is_asked_again(serve, studies, status):
    server = serve(lambda handler, count: handler.say(status) if count < 3 else handler.say(200, [STUDY]))
    assert studies(server.url) == [STUDY]
    assert len(server.seen) == 3


def test_a_server_that_stays_busy_ends_the_retrieval(serve, studies):
    server = serve(always(503))
    with pytest.raises(PacsUnreachable, match=r"DICOMweb at http://.*/dicom-web: cannot answer .* \(HTTP 503\)"):
        studies(server.url)
    assert len(server.seen) == 3


def test_a_server_may_say_how_long_to_wait(serve, studies):
    server = serve(lambda handler, count: handler.say(*((503,) if count == 1 else (200, [STUDY])), Retry_After=1))
    began = time.monotonic()
    assert studies(server.url) == [STUDY]
    assert time.monotonic() - began >= 1


def test_an_answer_that_is_cut_is_asked_for_again(serve, studies):
    def cut_once(handler, count):
        handler.say(200, [STUDY], **({"Content_Length": 1000} if count == 1 else {}))
        handler.close_connection = True

    server = serve(cut_once)
    assert studies(server.url) == [STUDY]
    assert len(server.seen) == 2


def cut(handler, _):
    handler.say(200, [STUDY], Content_Length=1000)
    handler.close_connection = True


def hang_up(handler, _):
    handler.close_connection = True


@pytest.mark.parametrize("answer", [cut, hang_up])
def test_a_line_that_always_breaks_is_no_short_answer(serve, studies, answer):
    server = serve(answer)
    with pytest.raises(LineBroken, match="the connection was lost during the search for studies"):
        studies(server.url)
    assert len(server.seen) == 3


def test_a_server_that_never_answers_is_given_up(serve, studies):
    server = serve(lambda handler, _: time.sleep(2))
    with pytest.raises(LineBroken, match=r"no answer to the search for studies within 0\.2 s"):
        studies(server.url, answer_timeout=0.2, tries=2)
    assert len(server.seen) == 2


# What does not pass


def test_an_answer_that_trickles_without_end_is_given_up(serve, studies):
    def trickle(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.02)

    server = serve(trickle)
    with pytest.raises(PacsError, match="an answer does not end"):
        studies(server.url, request_timeout=0.3)
    assert len(server.seen) == 1


def test_an_answer_that_is_too_large_is_given_up(serve, studies, monkeypatch):
    monkeypatch.setattr(dicomweb_http, "LARGEST_ANSWER", 100_000)
    server = serve(always(200, b" " * 200_000 + b"[]"))
    with pytest.raises(PacsError, match="an answer does not end"):
        studies(server.url)


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_does_not_let_us_in_ends_the_retrieval(serve, studies, status):
    server = serve(always(status))
    with pytest.raises(PacsUnreachable, match=rf"does not let us in \(HTTP {status}\); set .*{USER} and {PASSWORD}"):
        studies(server.url)
    assert len(server.seen) == 1


def test_credentials_that_are_refused_are_named_but_not_told(serve, studies, monkeypatch):
    monkeypatch.setenv(TOKEN, "secret-token")
    server = serve(always(401))
    with pytest.raises(PacsUnreachable, match=f"check the environment variables {TOKEN}") as caught:
        studies(server.url)
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 404, 403, 500])
def test_one_request_that_is_refused_is_not_repeated(serve, settings, status):
    server = serve(lambda handler, count: handler.say(200, []) if count == 1 else handler.say(status))
    client = WebClient(settings(server.url))
    assert client.ask("first", lambda web: web.search_for_studies()) == []
    with pytest.raises(WebRefused, match=rf"the second was refused \(HTTP {status}\)"):
        client.ask("the second", lambda web: web.search_for_studies())
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("status", "body"), [(404, b""), (200, b"<html>Welcome</html>"), (200, b'[{"0020000D": {"vr": "UI", "Val')]
)
def test_a_first_answer_of_another_kind_names_the_address(serve, studies, status, body):
    server = serve(always(status, body))
    with pytest.raises(PacsUnreachable, match=r"; check pacs\.dicomweb\.url"):
        studies(server.url)


@pytest.mark.parametrize("body", [b"[1, 2]", b'"text"', b"[{}, null]", b"[" * 200_000, b"{", b"\xff\xfe", b"nonsense"])
def test_an_answer_that_cannot_be_read_fails_one_request(serve, settings, body):
    server = serve(lambda handler, count: handler.say(200, b"[]" if count == 1 else body))
    client = WebClient(settings(server.url))
    client.ask("first", lambda web: web.search_for_studies())
    with pytest.raises(WebRefused):
        client.ask("second", lambda web: web.search_for_studies())
    assert len(server.seen) == 2


def test_no_content_is_no_answer(serve, studies):
    assert studies(serve(always(204)).url) == []


def test_a_port_on_which_nobody_listens_is_named(serve, studies):
    with pytest.raises(PacsUnreachable, match=r"cannot be reached \(Connection refused\); check pacs\.dicomweb\.url"):
        studies("http://127.0.0.1:9/dicom-web", tries=2)


def test_a_redirect_is_not_followed(serve, studies):
    other = serve(always(200, []))
    server = serve(always(302, Location=other.url))
    with pytest.raises(PacsUnreachable, match="sends us to another address"):
        studies(server.url)
    assert other.seen == []


# Answers in part


def pages_of(n, size, *, warn=True, heeds_offset=True):
    """Answers n studies, `size` at a time."""
    all_of_them = [{"0020000D": {"vr": "UI", "Value": [f"1.2.{number}"]}} for number in range(n)]

    def answer(handler, _):
        query = parse_qs(urlsplit(handler.path).query)
        offset = int(query.get("offset", ["0"])[0]) if heeds_offset else 0
        left = len(all_of_them) - offset - size
        more = {"Warning": f'299 archive "There are {left} additional results"'} if warn and left > 0 else {}
        handler.say(200, all_of_them[offset : offset + size], **more)

    return answer


@pytest.mark.parametrize(
    ("n", "size", "warn", "n_requests"), [(25, 7, True, 4), (250, 100, False, 3), (5, 100, False, 1)]
)
def test_pages_are_asked_for_until_there_are_no_more(serve, settings, n, size, warn, n_requests):
    server = serve(pages_of(n, size, warn=warn))
    found = WebArchive(settings(server.url)).query(study_query(MONDAY, "PT"))
    assert [text(one, "StudyInstanceUID") for one in found] == [f"1.2.{number}" for number in range(n)]
    assert len(server.seen) == n_requests


def test_a_server_that_says_more_and_gives_the_same_is_not_believed(serve, settings):
    server = serve(pages_of(25, 7, heeds_offset=False))
    with pytest.raises(TooManyAnswers, match="gives only the first 7 answers"):
        WebArchive(settings(server.url)).query(study_query(MONDAY, "PT"))


def test_a_round_number_of_answers_may_be_all(serve, settings):
    server = serve(pages_of(20, 20, heeds_offset=False))
    assert len(WebArchive(settings(server.url)).query(study_query(MONDAY, "PT"))) == 20


def image(number):
    return {
        "0020000E": {"vr": "UI", "Value": ["1.2.3"]},
        "00080018": {"vr": "UI", "Value": [f"1.2.3.{number}"]},
        "00200013": {"vr": "IS", "Value": [number]},
    }


def test_several_numbers_are_asked_one_by_one_where_a_list_of_them_is_refused(serve, settings):
    def answer(handler, _):
        asked = parse_qs(urlsplit(handler.path).query)["InstanceNumber"][0]
        if "," in asked:
            handler.say(400)
        else:
            handler.say(200, [image(int(asked))] if int(asked) <= 9 else [])

    server = serve(answer)
    archive = WebArchive(settings(server.url))
    archive.client.has_answered = True
    for _ in range(2):
        found = archive.query(image_query(["1.2"], ["1.2.3"], [1, 9, 10]))
        assert [text(one, "InstanceNumber") for one in found] == ["1", "9"]
    assert sum("%2C" in path for path in server.seen) <= 2


def test_a_server_that_does_not_heed_numbers_lists_no_thousand_images(serve, settings):
    def answer(handler, _):
        limit = int(parse_qs(urlsplit(handler.path).query)["limit"][0])
        handler.say(200, [image(number) for number in range(1, 2000)][:limit])

    server = serve(answer)
    with pytest.raises(WebRefused, match="does not heed Instance Numbers"):
        WebArchive(settings(server.url)).query(image_query(["1.2"], ["1.2.3"], [1]))


# What is never asked for, and never said


def test_bulk_data_are_never_fetched(serve, settings):
    def answer(handler, _):
        bulk = {"vr": "OW", "BulkDataURI": f"{handler.server.url}/bulk"}
        handler.say(200, [STUDY | {"00281201": bulk, "7FE00010": bulk, "00080060": {"vr": "CS", "Value": ["NM"]}}])

    server = serve(answer)
    archive = WebArchive(settings(server.url))
    (header,) = archive.metadata("metadata", lambda web: web.retrieve_series_metadata("1.2", "1.2.3"))
    assert {element.keyword for element in header} == {"StudyInstanceUID", "Modality"}
    assert not [path for path in server.seen if "bulk" in path]


def test_nothing_that_a_server_says_is_repeated(serve, settings, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(
        lambda handler, count: handler.say(
            503 if count == 1 else 500, b"SPECIMEN^JEANNE D123", Warning='299 - "SPECIMEN^JEANNE"'
        )
    )
    with DicomWebSource(settings(server.url)) as source, pytest.raises(PacsError) as caught:
        source.list_day(MONDAY)
    assert len(server.seen) == 2
    assert "SPECIMEN" not in caplog.text + str(caught.value)
