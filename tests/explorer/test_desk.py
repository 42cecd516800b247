"""The desk: what somebody writes while it reads is read the next time."""

from __future__ import annotations

import os

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.store import Store


def test_what_is_written_while_the_desk_reads_is_read_the_next_time(
    desk_site: sv.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(desk_site)
    assert not desk.read_if_changed()
    read = Store.studies

    def read_slowly(store: Store, first: str, last: str) -> pd.DataFrame:
        found = read(store, first, last)
        os.utime(desk_site.file)  # somebody saves the site file
        return found

    with monkeypatch.context() as slow:
        slow.setattr(Store, "studies", read_slowly)
        desk.read()
    assert desk.read_if_changed()
    assert not desk.read_if_changed()
