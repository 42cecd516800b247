"""The notebooks that come with SchedVisu: where they lie, and copies of them for the user to change."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import schedvisu_lib
from schedvisu_lib.config import Site
from schedvisu_lib.errors import ExplorerError

EXPLORE: Final = "explore.ipynb"
"""The explorer's own notebook."""
_TO_COPY: Final = (EXPLORE, "gallery.ipynb", "plan_appointments.ipynb", "plan_roster.ipynb")
_FOLDER: Final = "my-notebooks"
_PARAMETER: Final = re.compile(r'^(\w+_file) = "\.\./params/(.+)"$', re.MULTILINE)
"""A site file or a book, as the notebooks of the checkout name it."""


def shipped_notebook(name: str) -> Path:
    """Return a notebook of the installed wheel, else of the checkout.

    Raises
    ------
    ExplorerError
        It is in neither.
    """
    package = Path(schedvisu_lib.__file__).resolve().parent
    places = (package / "_shipped" / "notebooks" / name, package.parent / "notebooks" / name)
    for file in places:
        if file.is_file():
            return file
    raise ExplorerError(f"the notebook {places[-1]} is missing; install schedvisu again")


def own_notebooks(site: Site) -> Path:
    """Return the folder of the user's own notebooks, beside the store's, with a copy of each one that it lacks.

    A copy names the site file in full, and books in the site file's folder. What is there already is the user's, and
    stays as it is.

    Raises
    ------
    ExplorerError
        A notebook is missing, or the folder cannot be written.
    """
    folder = site.store.folder.parent / _FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _TO_COPY:
            if not (folder / name).exists():
                text = _naming(site.file.resolve(), shipped_notebook(name).read_text(encoding="utf-8"))
                (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExplorerError(
            f"{folder}: cannot be written ({error.strerror}); your notebooks lie beside store.folder, check its rights"
        ) from None
    return folder


def _naming(site_file: Path, text: str) -> str:
    """Return a notebook whose parameters name a site file, and books that lie beside it."""
    notebook = json.loads(text)

    def named(parameter: re.Match[str]) -> str:
        name, file = parameter.groups()
        found = site_file if name == "site_file" else site_file.with_name(file)
        return f"{name} = {json.dumps(str(found), ensure_ascii=False)}"

    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", ()):
            cell["source"] = _PARAMETER.sub(named, "".join(cell["source"])).splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
