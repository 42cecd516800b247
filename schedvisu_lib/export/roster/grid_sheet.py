"""The sheet of a workbook that shows a roster person by day, to print and to correct by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from schedvisu_lib.export.roster.content import RosterContent, shifts_in_words
from schedvisu_lib.export.texts import looks_like_formula, printable
from schedvisu_lib.export.xlsx_file import Sheet
from schedvisu_lib.figures.roster_lines import (
    COUNTED,
    PALE_RED,
    POOL,
    RED,
    Line,
    empty_words,
    pool_words,
    roster_lines,
    shift_colors,
    shift_letters,
)
from schedvisu_lib.figures.style import CLOSED, SHADE, readable_on

HEAD_ROWS: Final = 3
"""Month, weekday and date."""
NAME_COLUMNS: Final = 2
"""Person and team, before the days."""
_A4: Final = 9
_A3: Final = 8
_MOST_ON_A4: Final = 16
"""Days that print on A4; of more A3 is chosen."""
_MOST_ROWS_A4: Final = 45
_MOST_ROWS_A3: Final = 75
"""Rows that are still read easily if they share one page."""
_LEGEND_ROWS: Final = 6
"""Beside those of the shifts."""
_MARGIN: Final = 0.4
"""Of a printed page, in inches."""
_DAY_WIDTH: Final = 4.2
_COUNT_WIDTH: Final = 4.6
_LEAST_NAME: Final = 14
"""Widths of columns, in characters."""
_HEAD_HEIGHT: Final = 72.0
"""Of the row with dates and upright headings, in points."""
_LONGEST_LIST: Final = 255
"""Letters of a list to choose from, in Excel."""


def write_grid(sheet: Sheet, content: RosterContent) -> None:
    """Write the roster into an empty sheet that is written row by row.

    A row for each person, with the letter of the shift in each day's column. Colours follow the letters when these are
    changed. Locked duties are bold with a thick frame; what was set by hand, a substitute's or swapped is underlined,
    and a note says which.
    """
    lines = roster_lines(content.duties, content.frame)
    _prepare(sheet, content, lines)
    for row in _heads(sheet, content):
        sheet.append(row)
    grid = _Grid(sheet, content)
    for line in lines:
        sheet.append(grid.row(line))
    _color_by_letter(sheet, content, lines)
    sheet.append([])
    for cells in _legend(sheet, content):
        sheet.append(cells)


def _prepare(sheet: Sheet, content: RosterContent, lines: Sequence[Line]) -> None:
    """Set what a sheet that is written row by row wants to know before its first row: widths, panes, paper."""
    t, days = content.t, content.frame.days
    sheet.freeze_panes = f"{get_column_letter(NAME_COLUMNS + 1)}{HEAD_ROWS + 1}"
    names = [line.person for line in lines if line.kind == "person"]
    teams = [line.team for line in lines]
    sheet.column_dimensions["A"].width = max(_LEAST_NAME, *(len(name) + 1 for name in names))
    sheet.column_dimensions["B"].width = max(6, *(len(team) + 1 for team in teams))
    for place in range(len(days) + len(COUNTED)):
        width = _DAY_WIDTH if place < len(days) else _COUNT_WIDTH
        sheet.column_dimensions[get_column_letter(NAME_COLUMNS + 1 + place)].width = width
    sheet.row_dimensions[HEAD_ROWS].height = _HEAD_HEIGHT
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4 if len(days) <= _MOST_ON_A4 else _A3
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    n_rows = HEAD_ROWS + len(lines) + _LEGEND_ROWS + len(content.frame.shifts)
    fits = n_rows <= (_MOST_ROWS_A4 if len(days) <= _MOST_ON_A4 else _MOST_ROWS_A3)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1 if fits else 0
    sheet.page_margins.left = sheet.page_margins.right = _MARGIN
    sheet.print_title_rows, sheet.print_title_cols = f"1:{HEAD_ROWS}", f"A:{get_column_letter(NAME_COLUMNS)}"
    title = f"{t('Duty roster')}, {t('from {first} to {last}', first=t.day(content.first), last=t.day(content.last))}"
    sheet.oddHeader.left.text = printable(title).replace("&", "&&")
    sheet.oddHeader.right.text = printable(content.site.department.name).replace("&", "&&")
    sheet.oddFooter.left.text = t.moment(content.generated_at)
    sheet.oddFooter.right.text = "&P / &N"


def _heads(sheet: Sheet, content: RosterContent) -> Iterator[list[Any]]:
    """Yield the rows above the people: months, weekdays, then dates and what is counted."""
    t = content.t
    days = [
        (moment.date(), bool(off))
        for moment, off in zip(content.frame.days["date"], content.frame.days["off"], strict=True)
    ]
    months = [t.day(day, "MMM y") if n == 0 or day.day == 1 else "" for n, (day, _) in enumerate(days)]
    yield [None] * NAME_COLUMNS + [_text(sheet, month, font=_font(bold=True)) if month else None for month in months]
    yield [None] * NAME_COLUMNS + [_head(sheet, t.day(day, "EEEEE"), off=off) for day, off in days]
    cells: list[Any] = [_head(sheet, t("Person"), off=False), _head(sheet, t("Team"), off=False)]
    cells[0].alignment = Alignment(vertical="bottom")
    for day, off in days:
        cell = _head(sheet, "", off=off)
        cell.value, cell.number_format = day, "d"
        cells.append(cell)
    for words in (t("nights"), t("weekends"), t("holidays"), t("total")):
        cell = _head(sheet, words, off=False)
        cell.alignment = Alignment(text_rotation=90, horizontal="center", vertical="bottom")
        cells.append(cell)
    yield cells


class _Grid:
    """Makes the rows of people, pools and empty seats."""

    def __init__(self, sheet: Sheet, content: RosterContent) -> None:
        self._sheet, self._content = sheet, content
        frame = content.frame
        self._days = [moment.date() for moment in frame.days["date"]]
        self._off = {day for day, off in zip(self._days, frame.days["off"], strict=True) if off}
        self._letters = shift_letters(list(frame.shifts["shift"]))
        self._away = {(row.person, row.date.date()) for row in frame.away.itertuples(index=False)}
        self._duties = {(row.person, row.date.date()): row for row in content.filled.itertuples(index=False)}
        self._counts = frame.counts.set_index("person")

    def row(self, line: Line) -> list[Any]:
        """Return the cells of a line."""
        sheet, t = self._sheet, self._content.t
        if line.kind == "pool":
            cells = [_text(sheet, pool_words(line.level, line.department), font=_font(bold=True))]
            cells += [_text(sheet, "") for _ in range(NAME_COLUMNS - 1 + len(self._days) + len(COUNTED))]
            for cell in cells:
                cell.fill = _filled(POOL)
            return cells
        if line.kind == "empty":
            name = _text(sheet, line.words(t), font=_font(bold=True, color=_rgb(RED)))
            return [name, None, *(self._empty(line, day) for day in self._days)]
        name, team = _text(sheet, line.person), _text(sheet, line.team)
        return [name, team, *(self._duty(line, day) for day in self._days), *self._numbers(line.person)]

    def _duty(self, line: Line, day: date) -> Any:
        """Return the cell of a person on a day."""
        row = self._duties.get((line.person, day))
        cell = _text(self._sheet, self._letters[row.shift] if row is not None else "")
        cell.alignment = Alignment(horizontal="center")
        cell.border = _THIN
        if (line.person, day) in self._away:
            cell.fill = PatternFill("lightUp", start_color="808080", end_color=_rgb(CLOSED))
        elif day in self._off:
            cell.fill = _filled(SHADE)
        if row is None:
            return cell
        note = self._note(row, line)
        is_changed = row.origin in {"manual", "substitute", "swap"}
        cell.font = _font(bold=bool(row.locked), underline="single" if is_changed else None)
        if row.locked:
            cell.border = _THICK
        if note:
            cell.comment = Comment(note, "SchedVisu", width=220, height=60)
        return cell

    def _note(self, row: Any, line: Line) -> str:
        """Return what a cell's letter does not tell."""
        t = self._content.t
        words = {"manual": t("set by hand"), "substitute": t("substitute"), "swap": t("swapped")}
        return ", ".join(
            filter(
                None,
                [
                    pool_words(row.level, row.department) if row.level != line.level else "",
                    words.get(row.origin, ""),
                    t("locked") if row.locked else "",
                    t("counts for {person}", person=row.counts_for) if row.counts_for else "",
                    t("made by {author}", author=row.made_by) if row.made_by else "",
                ],
            )
        )

    def _empty(self, line: Line, day: date) -> Any:
        """Return the cell of the seats of a pool that nobody fills on a day."""
        seats = self._content.empty
        own = seats.loc[
            (seats["level"] == line.level) & (seats["department"] == line.department) & (seats["date"].dt.date == day)
        ]
        cell = _text(self._sheet, empty_words(own, self._letters) if len(own) else "")
        cell.alignment, cell.border = Alignment(horizontal="center"), _THIN
        cell.fill = _filled(RED if len(own) else PALE_RED)
        cell.font = _font(bold=True, color="FFFFFF")
        return cell

    def _numbers(self, person: str) -> Iterator[Any]:
        for name in COUNTED:
            cell = WriteOnlyCell(self._sheet, int(self._counts.at[person, name]))
            cell.font, cell.alignment = _font(bold=name == "total"), Alignment(horizontal="center")
            yield cell


def _color_by_letter(sheet: Sheet, content: RosterContent, lines: Sequence[Line]) -> None:
    """Let cells have the colour of their letter, also of one that is typed later, and offer the letters to choose."""
    shifts, n_days = content.frame.shifts, len(content.frame.days)
    letters, colors = shift_letters(list(shifts["shift"])), shift_colors(shifts)
    first, last = get_column_letter(NAME_COLUMNS + 1), get_column_letter(NAME_COLUMNS + n_days)
    numbered = enumerate(lines, start=HEAD_ROWS + 1)
    parts = []
    for kind, group in groupby(numbered, key=lambda pair: pair[1].kind):
        rows = [number for number, _ in group]
        if kind == "person":
            parts.append(f"{first}{rows[0]}:{last}{rows[-1]}")
    if not parts:
        return
    for shift, letter in letters.items():
        font = Font(color="FFFFFF" if readable_on(colors[shift]) == "white" else "222222")
        rule = CellIsRule(  # type: ignore[no-untyped-call]
            operator="equal", formula=[f'"{letter}"'], fill=_solid(colors[shift]), font=font
        )
        sheet.conditional_formatting.add(" ".join(parts), rule)
    choice = ",".join(letters.values())
    if len(choice) <= _LONGEST_LIST:
        allowed = DataValidation("list", formula1=f'"{choice}"', allow_blank=True, errorStyle="warning")
        for part in parts:
            allowed.add(part)
        sheet.data_validations.append(allowed)


def _legend(sheet: Sheet, content: RosterContent) -> Iterator[list[Any]]:
    """Yield the rows that say what letters, fills and fonts mean."""
    t, colors = content.t, shift_colors(content.frame.shifts)
    before: list[Any] = [None] * NAME_COLUMNS
    for letter, name, hours in shifts_in_words(content):
        sign = _text(sheet, letter, font=_font(color="FFFFFF" if readable_on(colors[name]) == "white" else "222222"))
        sign.fill, sign.alignment = _filled(colors[name]), Alignment(horizontal="center")
        yield [*before, sign, _text(sheet, f"{name} {hours}")]
    samples: tuple[tuple[str, dict[str, Any]], ...] = (
        (t("day off"), {"fill": _filled(SHADE)}),
        (t("leave"), {"fill": PatternFill("lightUp", start_color="808080", end_color=_rgb(CLOSED))}),
        (t("nobody"), {"fill": _filled(RED)}),
        (t("locked"), {"border": _THICK, "font": _font(bold=True)}),
        (t("set by hand, substitute or swapped"), {"font": _font(underline="single")}),
    )
    for words, look in samples:
        sign = _text(sheet, "" if "fill" in look else "X")
        sign.alignment = Alignment(horizontal="center")
        for name, value in look.items():
            setattr(sign, name, value)
        yield [*before, sign, _text(sheet, words)]


def _text(sheet: Sheet, text: str, font: Font | None = None) -> Any:
    """Return a cell with a text, never a formula."""
    cell: Any = WriteOnlyCell(sheet, printable(text) or None)
    if text:
        cell.data_type = "s"
    if looks_like_formula(text):
        cell.quotePrefix = True
    cell.font = font or _font()
    return cell


def _head(sheet: Sheet, text: str, *, off: bool) -> Any:
    cell = _text(sheet, text, font=_font(bold=True))
    cell.alignment = Alignment(horizontal="center", vertical="bottom")
    cell.fill = _filled(SHADE if off else POOL)
    return cell


def _font(**look: Any) -> Font:
    """Return a font of the usual name and size: without them programs take one of their own."""
    return Font(name="Calibri", size=11, **look)


def _filled(color: str) -> PatternFill:
    return PatternFill("solid", start_color=_rgb(color))


def _solid(color: str) -> PatternFill:
    """Return a fill for a rule: there the colour of the ground counts."""
    return PatternFill("solid", bgColor=_rgb(color))


def _rgb(color: str) -> str:
    return color.removeprefix("#").upper()


_LINE: Final = Side(style="thin", color="C8C8C8")
_STRONG: Final = Side(style="medium", color="222222")
_THIN: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_THICK: Final = Border(left=_STRONG, right=_STRONG, top=_STRONG, bottom=_STRONG)
