"""What lies on the desk: the site and its exams, read anew when somebody else changed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pandas as pd

from schedvisu_lib.config import Site, load_site
from schedvisu_lib.errors import SchedVisuError, StoreLocked
from schedvisu_lib.explorer.stamp import stamp
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import OVER_FROM
from schedvisu_lib.store import Store, open_store
from schedvisu_lib.tables import STUDIES, empty


class Desk:
    """A site and all exams of its store, held in memory; views and panels share it.

    Parameters
    ----------
    site
        The site, read from a file.

    Attributes
    ----------
    site : Site
    studies : DataFrame
        The studies table of the whole store, in order of start.
    stored : tuple of date
        The days that were retrieved.
    notice : str
        A sentence for the user where the exams are not all that they could be: the store is empty, damaged, or
        another run is writing; "" where all is well.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.studies: pd.DataFrame = empty(STUDIES)
        self.stored: tuple[date, ...] = ()
        self.notice = ""
        self._seen: object = None
        self._watchers: list[Callable[[], None]] = []
        self.read()

    @property
    def store(self) -> Store:
        """The store of the site."""
        return open_store(self.site)

    @property
    def t(self) -> Language:
        """The site's language."""
        return language(self.site.report.language)

    @property
    def is_empty(self) -> bool:
        """Whether there is no exam at all."""
        return len(self.studies) == 0

    @property
    def last_evening(self) -> datetime:
        """The evening of the last stored day: "now" of all periods, as in the notebooks of the report."""
        return datetime.combine(self.stored[-1], OVER_FROM) if self.stored else self.store.last_evening()

    def watch(self, changed: Callable[[], None]) -> None:
        """Call somebody whenever site or exams were read anew."""
        self._watchers.append(changed)

    def read(self) -> None:
        """Read site file and store again, make exams anew whose rules changed, and tell who watches.

        Nothing is raised for what may happen to a store: :attr:`notice` says it.
        """
        # Before it is read: what somebody writes meanwhile is noticed the next time.
        self._seen = stamp(self.site)
        self.notice = self._read()
        for changed in self._watchers:
            changed()

    def read_if_changed(self) -> bool:
        """Read again if another program changed the site file or the exams; tell whether it did."""
        if stamp(self.site) == self._seen:
            return False
        self.read()
        return True

    def _read(self) -> str:
        t = self.t
        notice = ""
        try:
            self.site = load_site(self.site.file)
            store = self.store
            if store.is_empty():
                self.studies, self.stored = empty(STUDIES), ()
                return t("The store is still empty. Run “schedvisu retrieve”, then reload.")
            if store.years_to_consolidate():
                from schedvisu_lib import pipeline  # all that the weekly run needs: half a second, seldom needed here

                try:
                    notice = " ".join(pipeline.consolidate_store(self.site).problems)
                except StoreLocked:
                    notice = t("Another run is writing just now: this is what was there before. Reload later.")
                except SchedVisuError as error:  # such as a store that may only be read
                    notice = str(error)
            days = tuple(store.stored_days())
            # Late images of a study can make an exam of a day after the last one.
            studies = store.studies(days[0], days[-1] + timedelta(days=31)) if days else empty(STUDIES)
            self.studies = studies.sort_values(["start", "end"], ignore_index=True)
            self.stored = days
        except SchedVisuError as error:
            return str(error)
        return notice
