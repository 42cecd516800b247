"""Whether another program changed the site file or the exams."""

from __future__ import annotations

from pathlib import Path

from schedvisu_lib.config import Site


def stamp(site: Site) -> object:
    """Return what is another one when the site file or a year of exams was written again."""
    files = [site.file, *sorted((site.store.folder / "studies").glob("*.parquet"))]
    return [(file, *_stamp(file)) for file in files]


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
