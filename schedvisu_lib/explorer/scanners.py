"""Which scanners: a click chooses one alone; with "several", clicks add and remove."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import Checkbox, HBox, ToggleButtons

from schedvisu_lib.explorer.quiet import Quiet
from schedvisu_lib.explorer.toggles import Toggles
from schedvisu_lib.language import Language


class ScannerChoice:
    """A button per scanner, at least one of which is on.

    Parameters
    ----------
    names
        Of the site's scanners, in their order.
    t
        The language.
    changed
        Called when the choice changed.
    """

    def __init__(self, names: tuple[str, ...], t: Language, changed: Callable[[], None]) -> None:
        self._t, self._changed = t, changed
        self._quiet = Quiet()
        # A click on these says which one is wanted, however many clicks the kernel has still to answer: a button that
        # the kernel has to switch off would not know what the next click means.
        self.alone = ToggleButtons()
        self.alone.observe(lambda _: self._clicked((self.alone.value,)), "value")
        self.together: Toggles[str] = Toggles(t("Scanner"), lambda: self._clicked(self.together.value))
        self.several = Checkbox(
            description=t("several"), indent=False, tooltip=t("Click to add scanners, and to remove them")
        )
        self.several.observe(lambda _: self._switched(), "value")
        self._chosen = names[:1]
        self.widget = HBox([self.alone, self.several])
        self.widget.add_class("sv-scanners")
        self.offer(names)

    @property
    def value(self) -> tuple[str, ...]:
        """Names of the chosen scanners, in the site's order."""
        return self._chosen

    @value.setter
    def value(self, names: tuple[str, ...]) -> None:
        with self._quiet():
            self._chosen = names
            self.together.value = names
            self.alone.value = names[0]
            if len(names) > 1:
                self.several.value = True
            buttons = self.together.widget if self.several.value else self.alone
            if self.widget.children[0] is not buttons:
                self.widget.children = (buttons, self.several)

    def offer(self, names: tuple[str, ...]) -> None:
        """Show the scanners of a site; the first one is chosen where none of the chosen is left."""
        with self._quiet():
            if names != self.alone.options:
                self.alone.tooltips = [f"{self._t('Scanner')}: {name}" for name in names]
                self.alone.options = names
            self.together.offer({name: name for name in names})
        self.several.layout.display = None if len(names) > 1 else "none"
        self.value = tuple(name for name in names if name in self._chosen) or names[:1]

    def _clicked(self, names: tuple[str, ...]) -> None:
        if self._quiet:
            return
        before, self.value = self._chosen, names or self._chosen  # the last one stays on
        if self._chosen != before:
            self._changed()

    def _switched(self) -> None:
        """Offer to choose one alone, or several; of these the first one stays."""
        if not self._quiet:
            self._clicked(self._chosen if self.several.value else self._chosen[:1])
