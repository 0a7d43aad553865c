"""Looking at a page as the house does it: axe, the policy, the console, names of fields, sizes of targets, reflow."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Page

from tests.browser.chromium import HEIGHTS, Chromium
from tests.browser.pages import Spot

NARROW = 320
"""CSS pixels: 1280 at a zoom of 400 %, WCAG 2.2, 1.4.10."""
SMALLEST, HANDY = 24, 44
"""CSS pixels of a target: WCAG 2.2, 2.5.8 (AA) and 2.5.5 (AAA, which ours have where a thumb presses)."""
OWN_CHECKS = """({ smallest, handy }) => {
    const faults = [];
    const isShown = e => e.checkVisibility({ checkVisibilityCSS: true }) && e.getBoundingClientRect().width > 1;
    const say = e => `${e.tagName}#${e.id}.${e.className} ${e.textContent.trim().slice(0, 30)}`;
    for (const f of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        const name = [...(f.labels ?? [])].map(l => l.textContent.trim()).join("") || f.getAttribute("aria-label");
        if (isShown(f) && !name) faults.push(`no label: ${say(f)}`);
    }
    for (const t of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
        // a link in a sentence is as high as its line: the exception "inline"
        if (!isShown(t) || getComputedStyle(t).display === "inline") continue;
        const box = (t.matches("[type=radio], [type=checkbox]") ? t.closest("label") ?? t : t).getBoundingClientRect();
        const wanted = t.matches(".btn.primary, .btn.act") ? handy : smallest;
        if (box.width < wanted || box.height < wanted)
            faults.push(`small, ${Math.round(box.width)} x ${Math.round(box.height)}: ${say(t)}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`twice: #${id}`);
    const heads = [...document.querySelectorAll("h1")].filter(e => isShown(e) || e.matches(".hide"));
    if (heads.length !== 1) faults.push(`${heads.length} h1`);
    if (!document.querySelector("main#main")) faults.push("no main");
    return faults;
}"""
WIDE = """narrow => document.documentElement.scrollWidth <= narrow ? [] : [
    `${document.documentElement.scrollWidth} pixels wide`,
    ...[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > narrow + 1)
        .map(e => `${e.tagName}.${e.getAttribute("class")} ${e.textContent.trim().slice(0, 40)}`).slice(-3)]"""
OWN_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Eyes:
    """Looks at one tower's pages with one browser; a page for each person and width is kept open."""

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self._pages: dict[tuple[str, int, str], Page] = {}

    def page(self, who: str, width: int, language: str, cookie: dict[str, Any]) -> Page:
        """The page of this person at this width, with their session; a resident's page in a language."""
        key = (who, width, language)
        if key not in self._pages:
            found = self._pages[key] = self.chromium.new_page(width, locale=language or "en-GB")
            if cookie:
                self.chromium.run(found.context.add_cookies([cookie]))  # type: ignore[list-item]
        return self._pages[key]

    def knows(self, who: str) -> bool:
        """Whether this person has logged in."""
        return any(who == known for known, _width, _language in self._pages)

    def open(self, page: Page, url: str, spot: Spot) -> None:
        """Go there, and do what the spot wants."""
        run = self.chromium.run
        run(page.goto(url))
        if spot.then:
            run(page.evaluate(f"() => {{ {spot.then} }}"))
        run(page.wait_for_selector(spot.wait, state="attached"))

    def faults(self, page: Page, width: int, *, is_dark_too: bool = True) -> list[str]:
        """Everything that is wrong with the page as it stands, in words; and with it in the dark, and at 320 pixels."""
        run = self.chromium.run
        run(page.emulate_media(color_scheme="light"))
        handy = HANDY if width < 600 else SMALLEST
        found = [f"{v.rule}: {v.targets}" for v in self.chromium.axe(page)]
        found += run(page.evaluate(OWN_CHECKS, {"smallest": SMALLEST, "handy": handy}))
        if is_dark_too:
            run(page.emulate_media(color_scheme="dark"))
            found += [f"dark, {v.rule}: {v.targets}" for v in self.chromium.axe(page, ["color-contrast"])]
            run(page.emulate_media(color_scheme="light"))
        if width < 600:
            run(page.set_viewport_size({"width": NARROW, "height": HEIGHTS[390]}))
            found += run(page.evaluate(WIDE, NARROW))
            run(page.set_viewport_size({"width": width, "height": HEIGHTS[390]}))
        return found + self.noises(page)

    def noises(self, page: Page) -> list[str]:
        """What the policy refused, what threw and what the console says; an error page's own status is none."""
        chromium = self.chromium
        noises = chromium.csp_reports(page) + chromium.script_errors(page)
        noises += [one for one in chromium.console_errors(page) if not OWN_STATUS.match(one)]
        chromium.forget_noises(page)
        return noises
