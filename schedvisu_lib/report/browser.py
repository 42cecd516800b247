"""Print HTML to PDF with the Chromium, Chrome or Edge that is installed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from schedvisu_lib.errors import ReportError
from schedvisu_lib.report.devtools import PIPE, BrowserGone, Pipe

NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
"""What the browsers are called on the PATH."""

_MAC_APPS: Final = ("Chromium", "Google Chrome", "Microsoft Edge")
_WINDOWS_PROGRAMS: Final = (
    r"Chromium\Application\chrome.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
_WINDOWS_FOLDERS: Final = ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")

_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # /dev/shm of a container is often too small
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    # Nothing else is opened, and no script runs: 50 MB less.
    "--disable-features=SpareRendererForSitePerProcess",
    "--js-flags=--lite-mode",
)

_COMMAND: Final = ("--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf")
"""For the browser's own command to print, where it takes no orders through a pipe."""

_AS_3_AND_4: Final = """
import fcntl, os, sys
ends = [int(number) for number in sys.argv[1:3]]
kept = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
for end in ends:
    os.close(end)
for place, end in enumerate(kept, start=3):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Starts a browser that wants the ends of its pipes at these numbers, whatever they are here."""

_SCRIPT: Final = re.compile(r"<script\b.*?</script>", re.DOTALL)
_NOTHING_ON_SCREEN: Final = "<style>@media screen { body { display: none } }</style>"


def find_browser(wanted: str | None = None) -> Path:
    """Return the browser's program: the one the site names, else the first one found in the usual places.

    Parameters
    ----------
    wanted
        ``report.browser`` of the site: a path, or a name on the PATH.

    Raises
    ------
    ReportError
        No browser is there.
    """
    if wanted:
        found = shutil.which(wanted)
        if found is None:
            raise ReportError(f'report.browser: "{wanted}" is not a program; correct it, or leave it out to search')
        return Path(found)
    on_path = (Path(found) for name in NAMES if (found := shutil.which(name)))
    for program in (*on_path, *_usual_places()):
        if program.is_file():
            return program
    raise ReportError(
        "no browser found to print the PDF; install Chromium, Chrome or Edge (Debian: apt install chromium), "
        "or set report.browser in the site file"
    )


def _usual_places() -> list[Path]:
    if sys.platform == "win32":
        folders = [Path(os.environ[name]) for name in _WINDOWS_FOLDERS if name in os.environ]
        return [folder / program for program in _WINDOWS_PROGRAMS for folder in folders]
    if sys.platform == "darwin":
        folders = [Path("/Applications"), Path.home() / "Applications"]
        return [folder / f"{app}.app" / "Contents" / "MacOS" / app for app in _MAC_APPS for folder in folders]
    return [Path("/usr/bin/chromium"), Path("/opt/google/chrome/chrome"), Path("/snap/bin/chromium")]


def print_pdf(html: Path, pdf: Path, *, browser: str | None = None, timeout: float = 300) -> None:
    """Print a HTML file to PDF, with outline and tags; pages are laid out by the file's own ``@page`` rules.

    Parameters
    ----------
    html
        The page to print.
    pdf
        Where the PDF goes; written beside it first, so that a failure leaves an older one as it was.
    browser
        ``report.browser`` of the site.
    timeout
        Longest time in seconds.

    Raises
    ------
    ReportError
        There is no browser, or it fails; the last line of what it said is quoted.
    """
    program = find_browser(browser)
    part = pdf.with_name(f"{pdf.stem}.{os.getpid()}.part.pdf")
    page = part.with_suffix(".html")  # beside it: some browsers must not read temporary folders
    with tempfile.TemporaryDirectory(prefix="schedvisu-", ignore_cleanup_errors=True) as profile:
        said = Path(profile, "stderr.txt")
        command = [
            str(program),
            *_FLAGS,
            # The sandbox refuses to run as root; what is opened is the page that we have just written.
            *(["--no-sandbox"] if _is_root() else []),
            f"--user-data-dir={profile}",
        ]
        print_part = _print_by_command if sys.platform == "win32" else _print_by_pipe
        try:
            page.write_text(_for_paper(html.read_text(encoding="utf-8")), encoding="utf-8")
            status = print_part(command, page, part, said, timeout)
            if status != 0 or not part.is_file() or part.stat().st_size == 0:
                raise ReportError(
                    f"{program} could not print {html.name} (status {status}): {_last_line(said)}; "
                    "the HTML is complete, its print dialogue gives the same pages"
                )
            part.replace(pdf)
        except subprocess.TimeoutExpired as error:
            raise ReportError(
                f"{program} did not finish printing {html.name} within {timeout:.0f} s; "
                "try again when the machine is less busy, or print the HTML by hand"
            ) from error
        except OSError as error:
            raise ReportError(f"cannot write {pdf}: {error.strerror or error}; is it open in a viewer?") from error
        finally:
            part.unlink(missing_ok=True)
            page.unlink(missing_ok=True)


def _for_paper(html: str) -> str:
    """Return a page without scripts and without a layout for the screen, which took a sixth of the browser's time."""
    return _SCRIPT.sub("", html).replace("</head>", f"{_NOTHING_ON_SCREEN}</head>", 1)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _print_by_command(command: list[str], page: Path, part: Path, said: Path, timeout: float) -> int:
    """Print by the browser's own command; return its status."""
    order = [*command, *_COMMAND, f"--print-to-pdf={part.resolve()}", page.resolve().as_uri()]
    with _started(order, said) as process:
        return process.wait(timeout)


def _print_by_pipe(command: list[str], page: Path, part: Path, said: Path, timeout: float) -> int:
    """Print by orders through a pipe, and write the PDF as it comes; return the browser's status."""
    from_us, orders = os.pipe()
    answers, to_us = os.pipe()
    order = [sys.executable, "-ISc", _AS_3_AND_4, str(from_us), str(to_us), *command, PIPE, "about:blank"]
    try:
        with _started(order, said, pass_fds=(from_us, to_us)) as process:
            os.close(from_us)
            os.close(to_us)
            try:
                with part.open("wb") as file:
                    file.writelines(Pipe(orders, answers, timeout).print_page(page.resolve().as_uri()))
            except BrowserGone as error:
                part.unlink()
                with said.open("a", encoding="utf-8") as stderr:
                    stderr.write(f"{error}\n")
            finally:
                os.close(orders)  # one that is still there ends by it
            return process.wait(timeout)
    finally:
        os.close(answers)


@contextmanager
def _started(command: list[str], said: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run the browser in a process group of its own, so that its helpers end with it when it hangs."""
    # A file, not a pipe: helpers that outlive the browser would hold a pipe open.
    with said.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
            **options,
        )
    try:
        yield process
    except BaseException:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def _last_line(said: Path) -> str:
    lines = said.read_text(encoding="utf-8", errors="replace").split("\n")
    # Without a desktop every run complains of the missing message bus: that is never the cause.
    telling = [line.strip() for line in lines if line.strip() and "dbus" not in line]
    return telling[-1][:300] if telling else "it said nothing"
