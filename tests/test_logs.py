"""One log file per run, with the level that the site asks for."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest

from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.logs import start_log

NOW = datetime(2026, 5, 22, 23, 0, 5)


@pytest.fixture(autouse=True)
def _as_before():
    """Give the library's logger back as it was."""
    logger = logging.getLogger("schedvisu_lib")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    for handler in set(logger.handlers) - set(handlers):
        handler.close()
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)


def with_level(site, level):
    return site.model_copy(update={"log": site.log.model_copy(update={"level": level})})


def test_a_run_writes_its_own_file(demo_site):
    file = start_log(demo_site, "retrieve", NOW)
    logging.getLogger("schedvisu_lib.collect").info("2026-05-11: 12 series stored")
    assert file == demo_site.log.folder / "retrieve-20260522-230005.log"
    (line,) = file.read_text(encoding="utf-8").splitlines()
    assert line.endswith("INFO    schedvisu_lib.collect: 2026-05-11: 12 series stored")


@pytest.mark.parametrize(("level", "said"), [("DEBUG", 4), ("INFO", 3), ("WARNING", 2), ("ERROR", 1)])
def test_the_site_says_how_much_is_written(demo_site, level, said):
    file = start_log(with_level(demo_site, level), "run", NOW)
    logger = logging.getLogger("schedvisu_lib.pipeline")
    for say in (logger.debug, logger.info, logger.warning, logger.error):
        say("é")
    assert len(file.read_text(encoding="utf-8").splitlines()) == said


def test_other_libraries_are_not_written_down(demo_site):
    file = start_log(with_level(demo_site, "DEBUG"), "run", NOW)
    logging.getLogger("pynetdicom").error("PatientID D1234567")
    assert file.read_text() == ""


def test_a_second_run_in_one_process_writes_to_its_own_file_only(demo_site):
    first = start_log(demo_site, "retrieve", NOW)
    second = start_log(demo_site, "report", NOW)
    logging.getLogger("schedvisu_lib").info("once")
    assert first.read_text() == ""
    assert len(second.read_text().splitlines()) == 1
    assert len(logging.getLogger("schedvisu_lib").handlers) == 1


def test_nothing_is_said_on_the_terminal(demo_site, capsys):
    start_log(demo_site, "run", NOW)
    logging.getLogger("schedvisu_lib").error("quiet")
    assert capsys.readouterr() == ("", "")


def test_a_folder_that_cannot_be_written_is_named(demo_site):
    demo_site.log.folder.write_text("in the way")
    with pytest.raises(SchedVisuError, match=r"run-20260522-230005\.log: cannot be written \(.+\); check log\.folder"):
        start_log(demo_site, "run", NOW)
