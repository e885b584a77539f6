"""What no page may do, as functions that name every fault they see; empty when all is well."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Request, Response, WebSocket

from tests.browser.pictures import changed_share, map_pixels

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
LEAST_SPREAD = 5.0
LEAST_SHARE = 0.001
PANES = "overlay shadow marker tooltip popup".split()
SHOW_PANES = """([panes, shown]) => {
  for (const pane of document.querySelectorAll(panes.map(name => `.leaflet-${name}-pane`))) {
    pane.style.visibility = shown ? "" : "hidden";
  }
}"""


@dataclass
class Watch:
    """What a page did that it must not do, and the tiles it was given."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tiles: dict[str, int] = field(default_factory=dict)

    def faults(self) -> list[str]:
        """Console errors, addresses asked of other hosts, and answers that were refusals."""
        return [
            *(f"console: {text}" for text in self.errors),
            *(f"foreign: {url}" for url in self.foreign),
            *(f"refused: {answer}" for answer in self.refused),
        ]

    def clean(self) -> None:
        """Assert that nothing went wrong."""
        assert self.faults() == []


def attend(page: Page, url: str) -> Watch:
    """Note errors, foreign requests, refusals, and sizes of tiles by their layers.

    Parameters
    ----------
    page
        A page that has not been sent anywhere yet.
    url
        The one service it may ask, as scheme, host and port.
    """
    watch = Watch()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.errors.append(message.text)

    def ask(request: Request | WebSocket) -> None:
        if not f"{request.url}/".startswith((f"{url}/", "data:", "blob:", f"ws{url.removeprefix('http')}/")):
            watch.foreign.append(request.url)

    def note(response: Response) -> None:
        if response.status >= 400:
            watch.refused.append(f"{response.status} {response.url}")
        elif "collections=" in response.url and response.status == 200:
            name = response.url.partition("collections=")[2].partition("&")[0]
            watch.tiles[name] = watch.tiles.get(name, 0) + 1

    page.on("console", hear)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("request", ask)
    page.on("websocket", ask)
    page.on("response", note)
    return watch


def axe_faults(page: Page) -> list[str]:
    """Rules of axe-core that the page as it stands breaks, each with the first element that does."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations)")
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]


def blank_faults(page: Page) -> list[str]:
    """What the map does not show: the tiles on their own, or the plan over them.

    Routes alone make a picture busy, so the ground is looked at without them.
    """
    both = map_pixels(page)
    page.evaluate(SHOW_PANES, [PANES, False])
    ground = map_pixels(page)
    page.evaluate(SHOW_PANES, [PANES, True])
    found = [] if ground.std() > LEAST_SPREAD else ["blank: tiles"]
    return found if changed_share(both, ground) > LEAST_SHARE else [*found, "blank: plan"]
