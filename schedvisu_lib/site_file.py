"""Change the exam types of a site file: its comments, order and quotes stay, and so does a copy of the old file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from schedvisu_lib.config import Site, load_site
from schedvisu_lib.errors import ConfigError
from schedvisu_lib.files import replacing
from schedvisu_lib.settings.scanners import ExamType
from schedvisu_lib.yaml_edit import Node, YamlText, plain, quoted

KEPT: Final = 20
"""How many old copies of a site file are kept beside it; the oldest ones go."""
_BY_HAND: Final = "cannot be changed here without changing other settings; write the patterns into it by hand"


@dataclass(frozen=True)
class SiteFile:
    """A site file as it was read.

    Parameters
    ----------
    path
        Where it lies.
    content
        Its bytes.
    """

    path: Path
    content: bytes

    @classmethod
    def read(cls, path: Path) -> SiteFile:
        """Read a site file.

        Raises
        ------
        ConfigError
            It cannot be read.
        """
        try:
            return cls(path, path.read_bytes())
        except OSError as error:
            raise ConfigError(path, [f"cannot be read ({error.strerror}); choose a file that you may read"]) from error

    def check_unchanged(self) -> None:
        """Raise ``ConfigError`` if the file is not what was read."""
        if SiteFile.read(self.path).content != self.content:
            raise ConfigError(self.path, ["was changed meanwhile by somebody else; reload, then try again"])


@dataclass(frozen=True)
class Saved:
    """What was written.

    Parameters
    ----------
    before, after
        The file as it was, and as it is now.
    backup
        The copy of the old file, beside it.
    """

    before: SiteFile
    after: SiteFile
    backup: Path


def save_exam_types(file: SiteFile, before: Site, after: Site, now: datetime) -> Saved:
    """Write the exam types of a site into its file, in the lines concerned alone, and keep a copy of the old file.

    The file is replaced whole, once what was written was read again and gives the very same site. The last 20 copies
    are kept ("site.yaml.2026-11-22T101530.bak").

    Parameters
    ----------
    file
        As it was read.
    before
        The site that it gives.
    after
        The site that it is to give: other patterns and scanners of exam types, or more exam types at the end.
    now
        Names the copy.

    Raises
    ------
    ConfigError
        The file was changed since, cannot be written, or would not give that site; it is left as it was.
    """
    file.check_unchanged()
    if not os.access(file.path, os.W_OK):
        raise ConfigError(file.path, ["may only be read; allow to write it, or write the patterns into it by hand"])
    # Line ends as they are, and a mark of byte order too: both are characters of the text.
    text = edit_exam_types(file.content.decode("utf-8"), before.exam_types, after.exam_types)
    new = SiteFile(file.path, text.encode("utf-8"))
    with _told(file.path), replacing(file.path) as stream:
        _hand_over(file.path, Path(stream.name))  # before it holds anything
        stream.write(new.content)
        stream.flush()
        _check(Path(stream.name), file.path, after)
        file.check_unchanged()
        backup = _keep_copy(file, now)
    return Saved(file, new, backup)


def undo(saved: Saved) -> None:
    """Put the copy back in the place of what was written.

    Raises
    ------
    ConfigError
        The file was changed since, the copy is gone, or nothing can be written.
    """
    saved.after.check_unchanged()
    with _told(saved.after.path):
        saved.backup.replace(saved.after.path)


def edit_exam_types(text: str, before: Sequence[ExamType], after: Sequence[ExamType]) -> str:
    """Return the text of a site file with other patterns and scanners of exam types, and with new types at the end."""
    document = YamlText(text)
    types = document.root and document.root.get("exam_types")
    entries = [] if types is None else types.children
    for entry, old, new in zip(entries, before, after, strict=False):
        if old.patterns != new.patterns:
            document.set_list(entry, "patterns", _quoted(old.patterns), _quoted(new.patterns))
        if old.scanners != new.scanners:
            document.set_list(entry, "scanners", _plain(old.scanners), _plain(new.scanners))
    added = after[len(before) :]
    if added:
        _add_types(document, types, added)
    return document.changed()


def _add_types(document: YamlText, types: Node | None, added: Sequence[ExamType]) -> None:
    """Add exam types behind the others, written as the last one of these is."""
    flow = [f"{{name: {plain(kind.name)}, patterns: [{', '.join(_quoted(kind.patterns))}]}}" for kind in added]
    if types is None:
        document.append_text(["exam_types:", *(f"  - {entry}" for entry in flow)])
    elif types.flow or types.children[-1].flow:
        document.insert(types, len(types.children), flow)
    else:
        for kind in added:
            document.append_lines(types, _block(document, types.children[-1], kind))


def _block(document: YamlText, example: Node, kind: ExamType) -> list[str]:
    """Write an exam type in lines, its patterns as those of another one."""
    patterns = example.get("patterns")
    if patterns is None or patterns.flow or not patterns.children:
        return [f"name: {plain(kind.name)}", f"patterns: [{', '.join(_quoted(kind.patterns))}]"]
    dash = document.dash(patterns.children[0]) - document.column(example.children[0].start)
    return [f"name: {plain(kind.name)}", "patterns:", *(f"{' ' * dash}- {text}" for text in _quoted(kind.patterns))]


def _quoted(patterns: Sequence[str]) -> list[str]:
    return [quoted(pattern) for pattern in patterns]


def _plain(names: Sequence[str] | None) -> list[str]:
    return [plain(name) for name in names or ()]


def _check(written: Path, path: Path, wanted: Site) -> None:
    """Read what was written, and refuse it if it is not the site that was wanted."""
    try:
        found = load_site(written)
    except ConfigError as error:
        raise ConfigError(path, [f"would not load any more ({error.mistakes[0]}); {_BY_HAND}"]) from error
    if found.model_dump() != wanted.model_dump():
        raise ConfigError(path, [_BY_HAND])


def _keep_copy(file: SiteFile, now: datetime) -> Path:
    """Copy a file beside itself under the time, and let the oldest copies go."""
    stem = f"{file.path.name}.{now:%Y-%m-%dT%H%M%S}"
    names = (f"{stem}{'' if n == 1 else f'-{n}'}.bak" for n in range(1, 1000))
    backup = next(path for name in names if not (path := file.path.with_name(name)).exists())
    with backup.open("xb") as stream:
        _hand_over(file.path, backup)
        stream.write(file.content)
        stream.flush()
        os.fsync(stream.fileno())
    shutil.copystat(file.path, backup)
    for old in sorted(_copies(file.path))[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return backup


def _hand_over(path: Path, copy: Path) -> None:
    """Let the same people read and write a copy as a file, as far as we may say so: it can hold passwords."""
    copy.chmod(0o600)
    if hasattr(os, "chown"):  # not on Windows
        found = path.stat()
        for owner, group in ((-1, found.st_gid), (found.st_uid, -1)):
            with suppress(PermissionError):
                os.chown(copy, owner, group)
    shutil.copymode(path, copy)


def _copies(path: Path) -> Iterator[Path]:
    """Yield the copies of a file that were made here; nobody's own."""
    name = re.compile(re.escape(path.name) + r"\.\d{4}-\d\d-\d\dT\d{6}(-\d+)?\.bak")
    return (found for found in path.parent.iterdir() if name.fullmatch(found.name))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one line that a file or its copy cannot be written."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            path, [f"cannot be written ({error.strerror}); check permission of file and folder"]
        ) from error
