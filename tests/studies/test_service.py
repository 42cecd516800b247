"""What a scanner offers on a day, and what time out of service takes away (design 5.4)."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest

from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.service import Offer, is_out_of_service, is_scanner_open, offer_of, service_times

SCANNER = "Discovery 690"
MONDAY = date(2026, 5, 4)  # open 07:30-17:30, 14 slots


def hours(text: str) -> pd.Timedelta:
    return pd.Timedelta(f"{text}:00")


CLOSING = hours("17:30")


def out(first: date = MONDAY, last: date = MONDAY, span: str = "") -> Service:
    opens, _, closes = span.partition("-")
    window = Hours(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)) if span else None
    return Service(first=first, last=last, hours=window)


def test_in_service_a_scanner_offers_its_slots_and_hours(demo_site):
    assert offer_of(demo_site, SCANNER, MONDAY) == Offer(14, hours("07:30"), hours("17:30"), hours("10:00"), CLOSING)


@pytest.mark.parametrize(
    ("spans", "offer"),
    [
        (["07:00-12:30"], Offer(7, hours("12:30"), hours("17:30"), hours("05:00"), CLOSING)),
        (["12:30-18:00"], Offer(7, hours("07:30"), hours("12:30"), hours("05:00"), CLOSING)),
        (["11:00-13:00"], Offer(11, hours("07:30"), hours("17:30"), hours("08:00"), CLOSING)),  # 11.2 slots
        (["16:15-17:30"], Offer(12, hours("07:30"), hours("16:15"), hours("08:45"), CLOSING)),  # 12.25
        (["07:30-08:30", "16:30-17:30"], Offer(11, hours("08:30"), hours("16:30"), hours("08:00"), CLOSING)),
        (["11:00-12:00", "11:30-13:00"], Offer(11, hours("07:30"), hours("17:30"), hours("08:00"), CLOSING)),
        (["18:00-20:00"], Offer(14, hours("07:30"), hours("17:30"), hours("10:00"), CLOSING)),
        (["07:00-18:00"], Offer()),
        (["06:00-12:00", "12:00-17:30"], Offer()),  # out of service all day, as one speaks of it
    ],
)
def test_part_of_a_day_takes_its_share_of_hours_and_slots(site_with_scanner, spans, offer):
    site = site_with_scanner(SCANNER, service=tuple(out(span=span) for span in spans))
    assert offer_of(site, SCANNER, MONDAY) == offer
    assert is_out_of_service(site.scanner(SCANNER), MONDAY) == (offer == Offer())


def test_half_a_slot_is_rounded_up(site_with_scanner):
    site = site_with_scanner(SCANNER, slots={"mon": 5}, service=(out(span="07:30-12:30"),))
    assert offer_of(site, SCANNER, MONDAY).slots == 3


def test_a_whole_day_or_a_closed_one_offers_nothing(site_with_scanner):
    site = site_with_scanner(SCANNER, service=(out(MONDAY, date(2026, 5, 5)),))
    days = [date(2026, 5, day) for day in (3, 4, 5, 6, 14)]  # a Sunday, two out of service, one in it, Ascension
    assert [offer_of(site, SCANNER, day).slots for day in days] == [0, 0, 0, 14, 0]
    assert [is_out_of_service(site.scanner(SCANNER), day) for day in days] == [False, True, True, False, False]
    assert [is_scanner_open(site, SCANNER, day) for day in days] == [False, False, False, True, False]


def test_times_out_of_service_are_disjoint_and_in_order(site_with_scanner):
    entries = (out(span="14:00-15:00"), out(span="08:00-10:00"), out(span="09:00-11:00"), out(span="11:00-12:00"))
    machine = site_with_scanner(SCANNER, service=entries).scanner(SCANNER)
    assert service_times(machine, MONDAY) == [(hours("08:00"), hours("12:00")), (hours("14:00"), hours("15:00"))]
    assert service_times(machine, date(2026, 5, 5)) == []
