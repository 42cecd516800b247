"""Compile functions to machine code, and keep it for the next process where there is a folder to keep it in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast
from zlib import crc32

from numba import njit, types

P = ParamSpec("P")
R = TypeVar("R")

STAMP: Final = crc32(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))
"""Of all sources of this room. numba keeps code by the date of the one file in which its entry stands and does not see
that what it calls has changed: the plans of old and new code mixed broke rules. A free variable of the entry is a part
of the key by which the code is kept."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function when it is first called; the code is kept beside the module or in the user's cache.

    ``NUMBA_CACHE_DIR`` names another folder. Where none can be written to, each process compiles anew.
    """
    try:
        return cast(Callable[P, R], njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # "cannot cache function: no locator available"
        return cast(Callable[P, R], njit(nogil=True, error_model="numpy")(function))


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that only compiled ones call: without an entry from Python, and only once.

    All signed whole numbers are taken as 64 bits: numba would compile it anew for each constant and each width that it
    is called with.
    """
    made: Any = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    ask = made.get_call_template

    def asked(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        _tell()
        return ask(tuple(types.int64 if isinstance(arg, types.Integer) and arg.signed else arg for arg in args), kws)

    made.get_call_template = asked
    return cast(Callable[P, R], made)


@cache
def _tell() -> None:
    """Say, once in a process, why it takes so long: nothing is asked for while code that was kept is loaded."""
    logging.getLogger(__name__).warning("compiling the search for appointments, once: about half a minute")
