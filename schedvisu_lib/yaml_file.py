"""Read a YAML file and remember on which line each key stands, so that mistakes can be named."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from schedvisu_lib.errors import ConfigError

KeyPath = tuple[str | int, ...]


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of the C library reads a site file in a tenth of the time."""


class _Loader(_SafeLoader):  # type: ignore[misc]
    """PyYAML's safe loader; a day that no calendar has is a mistake with a line, as every other."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            problem = f'"{node.value}" is no date: {error}'
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


class WordsLoader(_Loader):
    """One for which yes, no, on and off are words, as in YAML 1.2; true and false are none."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, resolvers in _Loader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class YamlFile:
    """The content of a YAML file with the line (from 1) of each key path."""

    content: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Return the line of a key path, or of its nearest ancestor that the file holds."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(file: Path, example: str = "params/site.example.yaml", loader_type: Any = _Loader) -> YamlFile:
    """Read one YAML document of plain types.

    Parameters
    ----------
    file
        The file.
    example
        The one that its mistakes point to.
    loader_type
        What makes values of scalars; :class:`WordsLoader` leaves words alone.

    Raises
    ------
    ConfigError
        The file cannot be read, is not YAML, or gives a key twice.
    """
    lines: dict[KeyPath, int] = {}
    doubles: list[str] = []
    try:
        text = file.read_text(encoding="utf-8")
        loader = loader_type(text)
        root = loader.get_single_node()
        if root is not None:
            _index(root, (), lines, doubles)  # first: constructing writes what merge keys give into the nodes
        content = None if root is None else loader.construct_document(root)
    except FileNotFoundError:
        raise ConfigError(file, [f"no such file; copy {example} and fill it in"]) from None
    except OSError as error:
        raise ConfigError(file, [f"cannot be read ({error.strerror}); name a file that you may read"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, [f"cannot be read: {error}; save it as UTF-8"]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "not a YAML document"
        raise ConfigError(file, [f"{where}{problem}; see {example}"]) from error
    if doubles:
        raise ConfigError(file, doubles)
    return YamlFile(content, lines)


def _index(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], doubles: list[str]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # constructing it says what is wrong with it
            child = (*path, key.value)
            line = key.start_mark.line + 1
            if child in lines:
                doubles.append(
                    f"line {line}: {'.'.join(map(str, child))}: given twice; keep one (also line {lines[child]})"
                )
            lines[child] = line
            _index(value, child, lines, doubles)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _index(value, (*path, position), lines, doubles)
