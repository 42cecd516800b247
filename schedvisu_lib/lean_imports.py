"""Keep libraries from making, while they are imported, what nobody here needs."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


def skip_address_grammar() -> None:
    """Keep jsonschema from making a grammar of international addresses, for a format that no notebook has.

    Where jupyter_server is installed, that costs each process 1.6 s as it imports nbformat or Voilà. None in
    ``sys.modules`` is Python's own way to say that a module is not there; jsonschema then does without.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def skip_unused_renderers() -> None:
    """Keep the command line's help from importing what renders Markdown and tracebacks, for texts that it never has.

    Typer's help names both classes, and with them imports markdown-it and pygments: 0.09 s of 0.22 s. Whoever asks the
    modules for anything else gets the real ones.
    """
    for module, unused in (("rich.markdown", "Markdown"), ("rich.traceback", "Traceback")):
        if module not in sys.modules:
            sys.modules[module] = _stand_in(module, unused)


def _stand_in(name: str, unused: str) -> ModuleType:
    """Return a module that has a class of one name, and becomes the real one when it is asked for another."""
    module = ModuleType(name)
    setattr(module, unused, type(unused, (), {}))

    def real(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)  # Python itself looks for __path__ and __spec__
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    vars(module)["__getattr__"] = real
    return module
