"""The file that gives a scheduled run its environment: login and password of the mail server."""

from __future__ import annotations

import os
from pathlib import Path

from schedvisu_lib.schedule.task import LOGIN


def environment_file() -> Path:
    """Return where the file is looked for: ``/etc/schedvisu`` for root, else the user's own settings."""
    if is_root():
        return Path("/etc/schedvisu/environment")
    return settings_folder() / "schedvisu" / "environment"


def settings_folder() -> Path:
    """Return the folder of the user's settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def is_root() -> bool:
    """Tell whether this process may do all on a POSIX system."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def how_to_log_in(file: Path) -> list[str]:
    """Return the comment that says where the login of a mail server goes."""
    user, password = LOGIN
    return [
        "If the mail server wants a login, write it into the file below, which only its owner may read (chmod 600):",
        f"{user}='...'",
        f"{password}='...'",
        str(file),
    ]
