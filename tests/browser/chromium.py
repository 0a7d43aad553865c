"""Chromium for our pages: phone or desk, light or dark; what axe says of a page, what its CSP refused, how it looks."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal, TypeVar

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, WebError, async_playwright

from tests.browser.installed import require
from tests.browser.loop import LoopThread
from tests.browser.push_service import PushService

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ARTIFACTS = ROOT / "test-artifacts"

ARGS = [
    "--no-sandbox",  # as root, and in containers, there is none; only our own pages are opened
    "--disable-background-networking",
    "--use-gl=angle",  # WebGL without a graphics card, for maps
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
PATIENCE_MS = 60_000
HEIGHTS = {390: 844, 1366: 768}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# preload would have axe write style sheets into the page, which the page's own policy refuses
RUN_AXE = """asked => axe.run(document, { runOnly: asked, resultTypes: ["violations"], preload: false })
    .then(found => found.violations.map(v => ({ rule: v.id, impact: v.impact, help: v.help,
        targets: v.nodes.map(n => n.target.flat(9).join(" ")) })))"""
WATCH_CSP = """addEventListener("securitypolicyviolation", e =>
    tellOfCsp(`${e.effectiveDirective} refused ${e.blockedURI} at ${e.sourceFile || e.documentURI}:${e.lineNumber}`))"""
SETTLE = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"

Scheme = Literal["light", "dark"]
T = TypeVar("T")


@dataclass(frozen=True)
class Violation:
    """A rule of axe that the page breaks, and the elements that break it (CSS selectors)."""

    rule: str
    impact: str
    help: str
    targets: list[str]


@dataclass
class Watch:
    """What went wrong in the pages of one context, in the browser's words."""

    csp: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def hear_csp(self, report: str) -> None:
        self.csp.append(report)

    def hear_error(self, error: WebError) -> None:
        self.script.append(str(error.error))

    def hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.csp.append(message.text)
        elif message.type == "error":
            self.console.append(f"{message.text} at {message.location.get('url', '')}")


class Chromium:
    """One browser in a loop of its own thread: `run` what playwright's (asynchronous) objects return.

    The test itself stays synchronous: with playwright's synchronous interface the test's thread would have a running
    loop, and with that neither Django's ORM nor an asynchronous test after it would work.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder  # its home, and the profiles of `new_push_page`
        self._program = require("Chromium")
        self._watches: dict[BrowserContext, Watch] = {}
        self._loop = LoopThread("chromium")
        try:
            self._playwright, self._browser = self._loop.run(_launch(self._program, folder))
        except BaseException:
            self._loop.close()
            raise

    def close(self) -> None:
        self._loop.run(self._browser.close())
        self._loop.run(self._playwright.stop())
        self._loop.close()

    def run(self, work: Awaitable[T]) -> T:
        """The result of something awaitable of playwright's, as `run(page.goto(url))`."""
        return self._loop.run(work)

    def new_page(
        self, width: int = 1366, scheme: Scheme = "light", locale: str = "en-GB", *, has_script: bool = True
    ) -> Page:
        """A page in a context of its own (no cookie, no storage); below 600 pixels a phone with a touch screen.

        Without `has_script` the pages' own JavaScript does not run.
        """
        return self.run(self._new_page(width, scheme, locale, has_script))

    def new_push_page(self, push_service: PushService) -> Page:
        """A page in a new Chromium that gets its push from `push_service`; sites may show notifications.

        None is drawn (nor can one be pressed) without a screen: ask the page's `registration.getNotifications()`.
        """
        return self.run(self._new_push_page(push_service))

    def close_pages(self) -> None:
        """Close every context that `new_page` opened."""
        for context in list(self._watches):
            self.run(context.close())
        self._watches.clear()

    def axe(self, page: Page, only: Sequence[str] = ()) -> list[Violation]:
        """The rules of WCAG 2.0, 2.1 and 2.2, levels A and AA, that the page breaks as it stands now; or of `only`."""
        if not AXE.exists():
            raise FileNotFoundError(f"{AXE} is missing: npm ci --prefix {AXE.parents[2]}")
        if not self.run(page.evaluate("'axe' in window")):
            self.run(page.evaluate(AXE.read_text(encoding="utf-8")))
        asked = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": WCAG}
        return [Violation(**found) for found in self.run(page.evaluate(RUN_AXE, asked))]

    def csp_reports(self, page: Page) -> list[str]:
        """What the Content Security Policy refused in the page's context since it was opened, over all navigations."""
        self.run(page.evaluate(SETTLE))
        return list(self._watches[page.context].csp)

    def script_errors(self, page: Page) -> list[str]:
        """The uncaught exceptions in the page's context since it was opened."""
        self.run(page.evaluate(SETTLE))
        return list(self._watches[page.context].script)

    def console_errors(self, page: Page) -> list[str]:
        """What the page's context complained of in the console, but for the policy's reports and exceptions."""
        self.run(page.evaluate(SETTLE))
        return list(self._watches[page.context].console)

    def forget_noises(self, page: Page) -> None:
        """Begin anew with reports, exceptions and complaints of the page's context."""
        watch = self._watches[page.context]
        for heard in (watch.csp, watch.script, watch.console):
            heard.clear()

    def shot(self, page: Page, name: str) -> Path:
        """The whole page as `test-artifacts/NAME.png`, for people to look at."""
        file = ARTIFACTS / f"{name}.png"
        self.run(page.screenshot(path=file, full_page=True, animations="disabled"))
        return file

    async def _new_page(self, width: int, scheme: Scheme, locale: str, has_script: bool) -> Page:
        is_phone = width < 600
        context = await self._browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 768)},
            color_scheme=scheme,
            locale=locale,
            has_touch=is_phone,
            is_mobile=is_phone,
            java_script_enabled=has_script,
        )
        await self._prepare(context)
        return await context.new_page()

    async def _new_push_page(self, push_service: PushService) -> Page:
        context = await self._playwright.chromium.launch_persistent_context(
            mkdtemp(prefix="profile-", dir=self._folder),
            executable_path=self._program,
            env=_environment(self._folder),
            args=["--no-sandbox", "--disable-gpu", *push_service.chromium_arguments],
            ignore_default_args=["--disable-background-networking"],  # push is such networking
            permissions=["notifications"],
            timeout=2 * PATIENCE_MS,
        )
        await self._prepare(context)
        await context.add_init_script(push_service.chromium_script)
        return context.pages[0]

    async def _prepare(self, context: BrowserContext) -> None:
        watch = self._watches[context] = Watch()
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", watch.hear_console)
        context.on("weberror", watch.hear_error)
        await context.expose_function("tellOfCsp", watch.hear_csp)
        await context.add_init_script(WATCH_CSP)


def _environment(home: Path) -> dict[str, str | float | bool]:
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}


async def _launch(program: str, home: Path) -> tuple[Playwright, Browser]:
    playwright = await async_playwright().start()
    try:
        return playwright, await playwright.chromium.launch(
            executable_path=program, args=ARGS, env=_environment(home), timeout=2 * PATIENCE_MS
        )
    except BaseException:
        await playwright.stop()
        raise


VIEWS: list[tuple[int, Scheme]] = [(390, "light"), (390, "dark"), (1366, "light"), (1366, "dark")]
