"""What all tests share: the demo's site in a folder of the test, and builders of small tables."""

from __future__ import annotations

import gc
import logging
import os
import socket
import socketserver
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import deepcopy
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import settings
from pynetdicom.transport import AssociationServer

import schedvisu_lib as sv
from schedvisu_lib.tables import KEPT, PLANNED, SERIES, STUDIES, conform

# Two test processes share two cores: how long one example takes says nothing.
settings.register_profile("schedvisu", deadline=None)
settings.load_profile("schedvisu")

# Where Python may not keep what it compiled, each process, kernel and command of a test compiles everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# pynetdicom's servers look only twice a second whether they shall stop, and hundreds of them are stopped here. Some
# looks collect garbage: as seldom as before.
_LOOKS = count()
_collect_garbage = AssociationServer.service_actions
AssociationServer.service_actions = lambda self: None if next(_LOOKS) % 20 else _collect_garbage(self)  # type: ignore[method-assign]
socketserver.BaseServer.serve_forever.__defaults__ = (0.025,)

ROOT = Path(__file__).parents[1]
Rows = Sequence[Mapping[str, Any]]
Builder = Callable[..., pd.DataFrame]
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Nearly every test writes a site file: the C library does it ten times faster."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep what is imported and collected out of the collection of garbage: it stays until the end.

    Pynetdicom's servers collect garbage all the time, and looked through it again each time, for 0.3 s.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _no_figure_stays_open() -> Iterator[None]:
    yield
    import sys

    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@cache
def load_demo() -> sv.Site:
    """Return the site of ``params/demo.yaml`` as it is; a process reads it once."""
    return sv.load_site(ROOT / "params" / "demo.yaml")


@pytest.fixture(scope="session")
def _demo_site() -> sv.Site:
    return load_demo()


@pytest.fixture
def demo_site(_demo_site: sv.Site, tmp_path: Path) -> sv.Site:
    """The site of ``params/demo.yaml``, with every file that it writes under ``tmp_path``."""
    moved = {
        "store": _demo_site.store.model_copy(update={"folder": tmp_path / "store"}),
        "privacy": _demo_site.privacy.model_copy(update={"key_file": tmp_path / "pseudonym.key"}),
        "report": _demo_site.report.model_copy(update={"folder": tmp_path / "report"}),
        "mail": _demo_site.mail and _demo_site.mail.model_copy(update={"outbox": tmp_path / "mail"}),
        "log": _demo_site.log.model_copy(update={"folder": tmp_path / "log"}),
    }
    return _demo_site.model_copy(update=moved)


def build_series(rows: Rows = ()) -> pd.DataFrame:
    """Return a series table; each row needs ``start`` and ``end``, the rest has defaults (a kept PT series)."""
    full = []
    for number, row in enumerate(rows, start=1):
        start = pd.Timestamp(row["start"])
        defaults = {
            "date": start.normalize(),
            "patient": "p1",
            "study_uid": "1.2.1",
            "series_uid": f"1.2.1.{number}",
            "modality": "PT",
            "model": "Discovery 690",
            "station": "PET1",
            "institution": "Hopital de demonstration",
            "study_description": "PET-CT FDG corps entier",
            "series_description": "",
            "protocol": "",
            "n_instances": 1,
            "timing": "PT",
            "verdict": KEPT,
            "reason": "",
        }
        full.append(defaults | dict(row) | {"start": start, "end": pd.Timestamp(row["end"])})
    return conform(pd.DataFrame(full, columns=SERIES.names), SERIES)


def build_studies(rows: Rows = ()) -> pd.DataFrame:
    """Return a studies table; each row needs ``start`` and ``end``, the rest has defaults (prepared times are bare)."""
    full = []
    for number, row in enumerate(rows, start=1):
        start, end = pd.Timestamp(row["start"]), pd.Timestamp(row["end"])
        take = row.get("take", 1)
        defaults = {
            "exam_id": f"1.2.{number}_{take}",
            "date": start.normalize(),
            "patient": f"p{number}",
            "scanner": "Discovery 690",
            "modalities": "CT/PT",
            "exam_type": "FDG STAND.",
            "study_description": "PET-CT FDG corps entier",
            "take": take,
            "n_takes": take,
            "prepared_from": start,
            "prepared_until": end,
            "n_series": 2,
        }
        full.append(defaults | dict(row) | {"start": start, "end": end})
    return conform(pd.DataFrame(full, columns=STUDIES.names), STUDIES)


@pytest.fixture
def make_series() -> Builder:
    """Builds a series table: ``make_series([{"start": "2025-12-01 08:00", "end": "2025-12-01 08:20"}])``."""
    return build_series


@pytest.fixture
def make_studies() -> Builder:
    """Builds a studies table: ``make_studies([{"start": "2025-12-01 08:00", "end": "2025-12-01 08:20"}])``."""
    return build_studies


def build_planned(rows: Rows = (), **usual: Any) -> pd.DataFrame:
    """Return a planned table; each row needs ``start``, the rest has defaults, or what is ``usual`` here."""
    full = []
    for number, row in enumerate(rows, start=1):
        start = pd.Timestamp(row["start"])
        defaults = {
            "appointment_id": f"a{number}",
            "date": start.normalize(),
            "patient": f"q{number}",
            "study_uid": f"1.2.{number}",
            "scanner": "Discovery 690",
            "minutes": 30.0,
            "description": "PET-CT FDG",
            "status": "scheduled",
            "source": "worklist",
            "seen": start,
        }
        full.append(defaults | usual | dict(row) | {"start": start})
    return conform(pd.DataFrame(full, columns=PLANNED.names), PLANNED)


def free_port() -> int:
    """Return a port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def _demo_content() -> dict[str, Any]:
    """Return what the demo's site file says, read once: nearly every test writes one of its own."""
    return yaml.safe_load((ROOT / "params" / "demo.yaml").read_text(encoding="utf-8").replace("../demo-data", "."))


def write_site_file(folder: Path, *, drop: Sequence[str] = (), **changes: Any) -> Path:
    """Write the demo's site file with all that it writes below ``folder``, on free ports.

    ``changes`` update whole sections by key (``pacs={"port": 1}``), or replace a section that is no mapping; ``drop``
    names sections to leave out.
    """
    content = deepcopy(_demo_content())
    content["pacs"] |= {
        "port": free_port(),
        "receiver": {"port": free_port()},
        "connect_timeout": 5,
        "retry_pause": 0.05,
    }
    for section, change in changes.items():
        content[section] = content[section] | change if isinstance(change, dict) else change
    for section in drop:
        del content[section]
    file = folder / "site.yaml"
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return file


FromOneNursery = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def from_one_nursery() -> Iterator[FromOneNursery]:
    """``with from_one_nursery():`` lets reports fork their kernels from one process, whose imports are made once."""
    from schedvisu_lib.report.execute import KERNEL_ENVIRONMENT
    from schedvisu_lib.report.forking import Nursery, can_fork

    with ExitStack() as kept:

        @cache
        def nursery() -> Nursery:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in KERNEL_ENVIRONMENT.items():
                    patch.setenv(name, value)
                return kept.enter_context(Nursery(logging.getLogger(__name__).warning))

        @contextmanager
        def shared() -> Iterator[None]:
            with pytest.MonkeyPatch.context() as patch:
                if can_fork():
                    patch.setattr("schedvisu_lib.report.execute.Nursery", lambda _: nullcontext(nursery()))
                yield

        yield shared


@pytest.fixture
def library_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the library logs, from INFO; a run of another test may have turned its log into a file of its own."""
    logger = logging.getLogger("schedvisu_lib")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    logger.handlers[:], logger.propagate = [], True
    with caplog.at_level(logging.INFO, "schedvisu_lib"):
        yield caplog
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)
