"""The arrays that the search works on: what is given, and what it changes.

Times of a day are minutes after midnight, or steps of ``grid`` minutes; sets of steps are bits of 64-bit words. A
*run* is what :class:`schedvisu_lib.plan.search.sessions.Run` is, a *visit* one session of a run, an *option* one
resource of a run, a *kind* a procedure in a group of resources: what two kinds need between them depends on nothing
else. Runs and visits have one row more than there are, as rows tell the first entry of lists, which end where the next
row's begin.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]
Bits: TypeAlias = npt.NDArray[np.uint64]
Flags: TypeAlias = npt.NDArray[np.uint8]
Rows: TypeAlias = npt.NDArray[np.void]


def _rows_of(*names: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in names])


RUN: Final = _rows_of(
    "patient",
    "kin",  # class of the patient: those without exceptions for pairs share class 0
    "first",  # visit
    "option",  # the first one
    "length",  # minutes
    "steps",  # length in steps, rounded up
    "day",  # the first one, and
    "end",  # the one after the last
    "least",  # days from one visit to the next
    "ordered",  # 1 if it matters which session lies where
    "mode",  # 0: the earlier the better, 1: the later, 2: the nearer to the minute
    "at",
    "level",  # priority
    "ahead",  # first entry in the list of runs that come before it
    "behind",  # first entry in the list of runs that come after it
)  # fmt: skip
OPTION: Final = _rows_of("resource", "mask", "kind")
VISIT: Final = _rows_of(
    "run",
    "weight",  # what is lost if the run has one visit less than this one's place in it
    "offset",  # minutes of the earliest day on which the session could lie
    "low",  # minutes from the first day's midnight, from which on it may start if its run is ordered
    "high",
    "most",  # days since the visit before; -1 for any number
    "before",  # first entry in the list of visits that come before it
    "after",
)  # fmt: skip
STANDING: Final = _rows_of("patient", "day", "start", "end", "kind")
PLACE: Final = _rows_of(
    "day",  # -1 without a time
    "start",
    "end",
    "kind",
    "option",
    "ahead",  # neighbours in the chain of the visits of a resource and day
    "behind",
    "stale",  # 1 where the best plan may hold another place
)  # fmt: skip
FILLED: Final = _rows_of("placed", "mark")
WAYS: Final = 64
"""Options that are looked at while a day is packed."""
PACKING_ROWS: Final = 36


class Facts(NamedTuple):
    """What a plan is made from."""

    grid: int
    days: int
    reach: int
    """Days before and after one, whose appointments may be too near to one of its own."""
    runs: Rows
    options: Rows
    visits: Rows
    standing: Rows
    """What the patients have already, and the times at which they are elsewhere."""
    masks: Bits
    """(masks, days, words) at which steps something may start: open hours, fixed starts, window, what is booked."""
    room: npt.NDArray[np.int16]
    """(resources, days, steps) how many more appointments fit in."""
    separation: Ints
    """(classes, kinds, kinds) minutes from the end of the one to the start of the other, in either order."""
    apart: Flags
    """(classes, kinds, kinds) 1 where two may not lie on one day."""
    building: Ints
    """(kinds,) building; -1 for what is no appointment."""
    ahead: Ints
    """Lists of runs that come before each, in an order in which they can be placed."""
    behind: Ints
    before: Longs
    """(n, 3) lists of visits that come before each, with least and most (-1: any) minutes."""
    after: Longs


class State(NamedTuple):
    """A plan, complete or not, and the room that the search needs."""

    visits: Rows
    """Those of the runs, then the standing ones."""
    runs: Rows
    room: npt.NDArray[np.int16]
    full: Bits
    """(resources, days, words) the steps at which nothing more fits in."""
    n_of_day: Ints
    of_day: Ints
    """(patients, days with reach, n) each patient's visits of a day in order of start."""
    head: Ints
    """(resources, days) the chain's first visit."""
    has: Flags
    """(runs, days) 1 where the run has a visit."""
    totals: Longs
    """Lost weight, distance, waiting, changes of building."""
    bits: Bits
    """(4, words) scratch."""
    costs: Longs
    """(sessions, days) scratch of the ordered runs."""
    picks: Ints
    """(sessions, days, 3) scratch: option, step, day before."""
    log: Ints
    """(n, 4) what the move lifted: visit, option, day, step."""
    counts: Ints
    """Number lifted, number placed, number stale, number of runs to fill."""
    lists: Ints
    """(3, n) visits that the move placed, stale visits, runs that the move fills again."""
    best: Ints
    """(visits, 3) day, minute, option of the best plan."""
    best_totals: Longs
    random: npt.NDArray[np.uint64]
    ways: Bits
    """(WAYS, words) scratch of a day that is packed: the steps at which each option of its runs may start."""
    packing: Longs
    """(rows, WAYS) scratch of it: see :mod:`schedvisu_lib.plan.search.packing`."""


SET, STALE, FILL = 0, 1, 2
"""Rows of ``State.lists``."""


def new_state(facts: Facts, seed: int) -> State:
    """Return a plan without any visit but those that stand."""
    runs, visits, standing = len(facts.runs) - 1, len(facts.visits) - 1, facts.standing
    resources, days, _ = facts.room.shape
    words = facts.masks.shape[2]
    patients = int(max([*facts.runs["patient"], *standing["patient"], 0])) + 1
    longest = int(np.diff(facts.runs["first"]).max(initial=1))
    lost = [facts.visits["weight"].sum(), 0, 0, 0]
    state = State(
        visits=np.zeros(visits + len(standing), PLACE),
        runs=np.zeros(runs, FILLED),
        room=facts.room.copy(),
        full=pack(facts.room <= 0, words),
        n_of_day=np.zeros((patients, days + 2 * facts.reach), np.int32),
        of_day=np.zeros((patients, days + 2 * facts.reach, _most_of_a_day(facts)), np.int32),
        head=np.full((resources, days), -1, np.int32),
        has=np.zeros((runs, days), np.uint8),
        totals=np.array(lost, np.int64),
        bits=np.zeros((4, words), np.uint64),
        costs=np.zeros((longest, days), np.int64),
        picks=np.zeros((longest, days, 3), np.int32),
        log=np.zeros((visits + 1, 4), np.int32),
        counts=np.zeros(4, np.int32),
        lists=np.zeros((3, visits + 1), np.int32),
        best=np.full((visits, 3), -1, np.int32),
        best_totals=np.array(lost, np.int64),
        ways=np.zeros((WAYS, words), np.uint64),
        packing=np.zeros((PACKING_ROWS, WAYS), np.int64),
        random=np.array([seed * 0x9E3779B97F4A7C15 % 2**64 | 1], np.uint64),
    )
    state.visits["day"] = -1
    for number in np.lexsort([standing["start"], standing["day"]]):
        _let_stand(facts, state, visits + number, standing[number])
    return state


def _most_of_a_day(facts: Facts) -> int:
    """Return how many visits one patient may have on one day."""
    runs = np.bincount(facts.runs["patient"][:-1]).max(initial=0)
    of_days = np.stack([facts.standing["patient"], facts.standing["day"]])
    return int(runs + np.unique(of_days, axis=1, return_counts=True)[1].max(initial=0)) + 1


def _let_stand(facts: Facts, state: State, visit: int, row: Any) -> None:
    """Put a standing visit on its patient's day, behind those that are there."""
    for name in ("day", "start", "end", "kind"):
        state.visits[name][visit] = row[name]
    patient, column = row["patient"], row["day"] + facts.reach
    state.of_day[patient, column, state.n_of_day[patient, column]] = visit
    state.n_of_day[patient, column] += 1


def pack(flags: npt.NDArray[Any], words: int) -> Bits:
    """Return flags along the last axis as bits of so many words, the first flag the lowest bit of the first word."""
    padded = np.zeros((*flags.shape[:-1], words * 64), np.uint8)
    padded[..., : flags.shape[-1]] = flags
    return np.packbits(padded, axis=-1, bitorder="little").view(np.uint64)


def unpack(bits: Bits) -> npt.NDArray[np.bool_]:
    """Return bits along the last axis as flags."""
    return np.unpackbits(np.ascontiguousarray(bits).view(np.uint8), axis=-1, bitorder="little").astype(bool)
