"""The results as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A number that was measured, and the most that it should be; ``None`` where nothing is asked of it."""

    value: float
    unit: str
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is not too much, as it is printed."""
        return self.most is None or float(digits(self.value)) <= self.most

    @property
    def words(self) -> str:
        """The number with its unit ("1.27 s CPU")."""
        return f"{digits(self.value)} {self.unit}".strip()

    @property
    def target(self) -> str:
        """What is asked of it ("<= 2 s CPU"), or nothing."""
        return "" if self.most is None else f"<= {self.most:g} {self.unit}".strip()


@dataclass(frozen=True)
class Row:
    """A step: what it took, and the floor that it is compared with in the same run.

    Parameters
    ----------
    step
        What was measured.
    figures
        What it took.
    floor
        What the floor took, in the unit of the first figure, and what it is; ``None`` where there is none.
    ratio
        Of the step to its floor.
    """

    step: str
    figures: tuple[Figure, ...]
    floor: tuple[Figure, str] | None = None
    ratio: Figure | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of its line: step, target, figure, floor, ratio, verdict."""
        asked = [*self.figures, *([self.ratio] if self.ratio else [])]
        targets = [one.target for one in self.figures if one.target]
        if self.ratio and self.ratio.target:
            targets.append(f"ratio {self.ratio.target}")
        floor = f"{self.floor[0].words}: {self.floor[1]}" if self.floor else ""
        verdict = "" if not targets else "met" if all(one.met for one in asked) else "**missed**"
        figures = ", ".join(one.words for one in self.figures)
        return (self.step, ", ".join(targets), figures, floor, self.ratio.words if self.ratio else "", verdict)


@dataclass(frozen=True)
class Part:
    """What one module measured: lines of the table, and what there is to say below it in Markdown."""

    rows: tuple[Row, ...] = ()
    details: str = ""


HEADINGS = ("step", "target", "figure", "floor", "ratio", "")


def main_table(parts: Iterable[Part]) -> str:
    """Return the lines of all parts as one table."""
    return markdown(HEADINGS, [row.cells for part in parts for row in part.rows])


def markdown(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    rows = [headings, ["---"] * len(headings), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def digits(value: float) -> str:
    """Return a number with as many digits as one can believe: two after the point below 10, one below 100."""
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
