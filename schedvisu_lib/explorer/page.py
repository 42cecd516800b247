"""The explorer's page: each one has a kernel of its own, and the next one's is made ready before it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from voila.tornado.handler import TornadoVoilaHandler

from schedvisu_lib.config import Site
from schedvisu_lib.explorer.stamp import stamp


class Page(TornadoVoilaHandler):  # type: ignore[misc]
    """Voilà's page, with a kernel that has read the site and its exams as they are now."""

    def initialize(self, *, site: Site, **options: Any) -> None:
        """Keep the site, whose files tell whether the waiting kernel is out of date."""
        super().initialize(**options)
        self._site = site

    async def get(self, path: str | None = None) -> None:
        """Send the page; what lies below it does not exist."""
        if path:
            self.send_error(404)
            return
        _ = self.xsrf_token  # gives the browser the cookie by which the page may end its kernel when it is closed
        await self._end_outdated()
        self._keep_waiting()
        await super().get(path)

    async def _end_outdated(self) -> None:
        """End the waiting kernel, in whose place another one comes, if site or store changed since it read them."""
        kernels, now = self.kernel_manager, stamp(self._site)
        before, self.settings["stamp"] = self.settings.get("stamp", now), now
        if before != now and kernels.get_pool_size(self.notebook_path):
            drawing, _, kernel = await kernels.get_rendered_notebook(self.notebook_path)
            drawing.cancel()
            await kernels.shutdown_kernel(kernel, now=True)

    def _keep_waiting(self) -> None:
        """Let the waiting kernel count as used just now: it must not be culled before the browser talks to it."""
        known = self.kernel_manager.notebook_data.get(self.notebook_path, {})
        for kernel in known.get("kernel_ids", ()):
            self.kernel_manager.get_kernel(kernel).last_activity = datetime.now(UTC)
