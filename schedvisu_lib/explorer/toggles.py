"""Rows of buttons that are switched on and off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from ipywidgets import HBox, ToggleButton

from schedvisu_lib.explorer.quiet import Quiet

Key = TypeVar("Key", str, int)


class Toggles(Generic[Key]):
    """A row of buttons, of which any number is on; where none must mean all, nothing is left out.

    Parameters
    ----------
    name
        What is chosen, for who cannot see the row.
    changed
        Called whenever a click changed the choice.
    """

    def __init__(self, name: str, changed: Callable[[], None]) -> None:
        self.widget = HBox()
        self.widget.add_class("sv-toggles")
        self._name = name
        self._changed = changed
        self._buttons: dict[Key, ToggleButton] = {}
        self._offered: tuple[Key, ...] = ()
        self._quiet = Quiet()

    @property
    def value(self) -> tuple[Key, ...]:
        """Which are on, in their order."""
        return tuple(key for key in self._offered if self._buttons[key].value)

    @value.setter
    def value(self, chosen: tuple[Key, ...]) -> None:
        with self._quiet():
            for key in self._offered:
                self._buttons[key].value = key in chosen

    @property
    def offered(self) -> tuple[Key, ...]:
        """What can be chosen, in its order."""
        return self._offered

    def button(self, key: Key) -> ToggleButton:
        """Return the button of something that can be chosen."""
        return self._buttons[key]

    def offer(self, words: Mapping[Key, str]) -> None:
        """Show these buttons, in this order; what is no longer offered is switched off."""
        if tuple(words) == self._offered:
            return
        with self._quiet():
            for key, text in words.items():
                if key not in self._buttons:
                    button = ToggleButton(description=text, tooltip=f"{self._name}: {text}")
                    button.observe(self._clicked, "value")
                    self._buttons[key] = button
            for key in self._offered:
                self._buttons[key].value &= key in words
            self._offered = tuple(words)
            self.widget.children = [self._buttons[key] for key in self._offered]

    def _clicked(self, change: object) -> None:  # noqa: ARG002
        if not self._quiet:
            self._changed()
