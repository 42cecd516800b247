"""A load over a line that breaks at random ends complete, with the same table as without faults."""

from __future__ import annotations

import random
from datetime import date
from threading import Lock

import pytest
from pandas.testing import assert_frame_equal

import schedvisu_lib as sv
from schedvisu_lib.collect import collect_days
from schedvisu_lib.demo.archive import DemoArchive
from schedvisu_lib.demo.hospital import _file
from schedvisu_lib.periods import working_days
from tests.pacs.conftest import SmallHospital
from tests.pacs.faulty import Proxy

FIRST, LAST = date(2026, 5, 4), date(2026, 5, 15)


class Morning(SmallHospital):
    """The small hospital until the eighth study."""

    def _simulate(self, day):
        return _file(self.seed, day, super()._simulate(day)[:8])


@pytest.fixture(scope="module")
def hospital(base_site):
    return Morning(base_site)


class FlakyProxy(Proxy):
    """Cuts one answer in `rarity` somewhere in its first bytes, and one connection in `rarity` as it begins."""

    def __init__(self, target, rarity, seed):
        self.answers_cut = self.connections_cut = 0
        self._rarity, self._lock = rarity, Lock()
        self._random = random.Random(seed)  # noqa: S311 - the same breaks in each run
        self._left = {}
        super().__init__(target)

    def _strikes(self):
        with self._lock:
            return self._random.random() < 1 / self._rarity

    def connect(self):
        strikes = self._strikes()
        self.connections_cut += strikes
        return not strikes

    def question(self, client, data):
        if self._strikes():
            self._left.setdefault(client, self._random.randrange(3_000))

    def answer(self, client, data, passed):
        left = self._left.get(client, len(data))
        client.sendall(data[:left])
        if client in self._left:
            self._left[client] -= len(data)
            self.answers_cut += self._left[client] < 0
        return left >= len(data)


class Roomy(DemoArchive):
    """Has room for associations that broke off and wait for their end."""

    def _entity(self):
        entity = super()._entity()
        entity.maximum_associations = 1_000
        return entity


@pytest.fixture
def load(demo_site):
    """Loads days into a store of their own: `load("disturbed", port, first)` gives what came of it and the table."""

    def run(name, port, first):
        # With so many breaks, four tries of one question may well all meet one.
        pacs = {"host": "127.0.0.1", "port": port, "parallel": 2, "retry_pause": 0.002, "tries": 10}
        folder = demo_site.store.folder / name
        site = demo_site.model_copy(
            update={
                "pacs": demo_site.pacs.model_copy(update=pacs | {"answer_timeout": 20}),
                "store": demo_site.store.model_copy(update={"folder": folder}),
            }
        )
        days = working_days(site.calendar, first, LAST)
        store = sv.open_store(site)
        collected = collect_days(site, store, days, lambda words: None)
        return collected, store.series(first, LAST)

    return run


@pytest.mark.parametrize(
    ("attributes", "first", "n_days", "rarity"),
    [(True, FIRST, 8, 8), (False, date(2026, 5, 13), 1, 15)],
    ids=["two weeks of queries", "days of images"],
)
def test_a_load_over_a_line_that_breaks_now_and_then_ends_complete(hospital, load, attributes, first, n_days, rarity):
    with Roomy(hospital, port=0, attributes=attributes) as running:
        undisturbed, truth = load("undisturbed", running.port, first)
        assert (undisturbed.problems, len(undisturbed.days)) == ((), n_days)
        with FlakyProxy(running.port, rarity=rarity, seed=2026) as proxy:
            collected, series = load("disturbed", proxy.port, first)
    assert collected.problems == ()
    assert sorted(collected.days) == sorted(undisturbed.days)
    assert_frame_equal(series, truth)
    assert proxy.answers_cut >= 3
    print(f"{proxy.answers_cut} answers and {proxy.connections_cut} of {proxy.connections} connections were cut")  # noqa: T201
