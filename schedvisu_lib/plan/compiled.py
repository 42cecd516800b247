"""Compile functions to machine code, and keep it for the next process where there is a folder to keep it in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast
from zlib import crc32

from numba import njit, types
from numba.core.caching import FunctionCache

P = ParamSpec("P")
R = TypeVar("R")


class _Kept(FunctionCache):  # type: ignore[misc]
    """Code that is kept as long as no source of its function's folder changes.

    numba itself keeps it by the date of the one file in which the function stands, and does not see that what it calls
    has changed: the plans of old and new code mixed broke rules.
    """

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), sources_of(Path(self._py_func.__code__.co_filename).parent))


@cache
def sources_of(folder: Path) -> int:
    """Return a number that changes with any source of a folder, or of this module."""
    return crc32(b"".join(file.read_bytes() for file in [*sorted(folder.glob("*.py")), Path(__file__)]))


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function when it is first called; the code is kept beside the module or in the user's cache.

    ``NUMBA_CACHE_DIR`` names another folder. Where none can be written to, each process compiles anew.
    """
    made: Any = njit(nogil=True, error_model="numpy")(function)
    with suppress(RuntimeError):  # "cannot cache function: no locator available"
        made._cache = _Kept(function)  # noqa: SLF001  (what ``cache=True`` does, with numba's own class)
    return cast(Callable[P, R], made)


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
    logging.getLogger(__name__).warning("compiling the planner's search, once: about half a minute")
