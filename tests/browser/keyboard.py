"""Hands on the keyboard alone: Tab to what is wanted, and look at every stop on the way."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from tests.browser.chromium import Chromium

MOST = 150
"""Stops on one page: more is a trap."""
STOP = """wanted => {
    const e = document.activeElement;
    if (!e || e === document.body) return { fault: "the focus is nowhere", isThere: false };
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const isInSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const before = window.stopBefore;
    window.stopBefore = e;
    const isForward = !before?.isConnected || before === e
        || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
    const name = `${e.tagName}#${e.id}[${e.getAttribute("name")}] ${e.textContent.trim().slice(0, 30)}`;
    const fault = [isSeen ? "" : `no outline: ${style.outline}`, isInSight ? "" : "out of sight",
        isForward ? "" : "backwards"].filter(Boolean).join(", ");
    return { fault: fault && `${name}: ${fault}`, isThere: e.matches(wanted) };
}"""


class Keyboard:
    """Presses keys on one page and remembers what was wrong with the stops."""

    def __init__(self, chromium: Chromium, page: Page) -> None:
        self._run, self.page = chromium.run, page
        self.faults: list[str] = []

    def press(self, *keys: str) -> None:
        """One key after another."""
        for key in keys:
            self._run(self.page.keyboard.press(key))

    def type(self, text: str) -> None:
        """Letters into what has the focus."""
        self._run(self.page.keyboard.type(text))

    def look(self, wanted: str) -> bool:
        """Look at the element that has the focus; whether it is the wanted one."""
        found: dict[str, Any] = self._run(self.page.evaluate(STOP, wanted))
        if found["fault"]:
            self.faults.append(found["fault"])
        return bool(found["isThere"])

    def go_to(self, wanted: str) -> None:
        """Tab until the wanted element (a CSS selector) has the focus."""
        for _stop in range(MOST):
            self.press("Tab")
            if self.look(wanted):
                return
        raise AssertionError(f"Tab does not come to {wanted}: {self.faults[-3:]}")
