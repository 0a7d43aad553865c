"""Firefox as a resident uses it: open a page, click, type, see a notification and press it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.firefox_process import FirefoxProcess
from tests.browser.marionette import Marionette, MarionetteError
from tests.browser.patience import NotYetError, until

ALERTS = """
    const open = [...Services.wm.getEnumerator("alert:alert")].filter(w => w.gIsActive && !w.closed && !w.gIsReplaced
        && !w.document.querySelector("#alertBox[clicked], #alertBox[closing]"));
"""
READ_ALERTS = (
    ALERTS
    + """
    return open.map(w => {
        const text = w.document.getElementById("alertTextLabel"), title = w.document.getElementById("alertTitleLabel");
        return [title.getAttribute("value") ?? "", text.getAttribute("tooltiptext") || text.textContent,
            title.getAttribute("lang") ?? "", w.document.getElementById("alertNotification").style.direction];
    });
"""
)
PRESS_ALERT = (
    ALERTS
    + """
    const found = open.filter(w => w.document.getElementById("alertTitleLabel").getAttribute("value") === arguments[0]);
    for (const w of found) w.document.getElementById("alertBox").click();
    return found.length;
"""
)
RESET = """
    for (const w of Services.wm.getEnumerator("alert:alert")) w.close();
    const workers = Cc["@mozilla.org/serviceworkers/manager;1"].getService(Ci.nsIServiceWorkerManager);
    const all = workers.getAllRegistrations();
    for (let i = 0; i < all.length; i++) {
        const it = all.queryElementAt(i, Ci.nsIServiceWorkerRegistrationInfo);
        await new Promise(done => workers.unregister(it.principal,
            { unregisterSucceeded: done, unregisterFailed: done }, it.scope));
    }
    await new Promise(done => Services.clearData.deleteData(Ci.nsIClearDataService.CLEAR_ALL, done));
"""


@dataclass(frozen=True)
class Shown:
    """A notification as it stands on the screen; `lang` and `direction` as the page's worker set them."""

    title: str
    body: str
    lang: str
    direction: str


class Firefox:
    """One running Firefox, its tabs and the notifications on its screen. Elements are named by CSS selectors."""

    def __init__(self, folder: Path, push_url: str) -> None:
        self._process = FirefoxProcess(folder, {"dom.push.serverURL": push_url})
        try:
            self._marionette = Marionette(self._process.port, self._process.log_tail)
        except BaseException:
            self._process.stop()
            raise

    def close(self) -> None:
        self._marionette.close()
        self._process.stop()

    def reset(self) -> None:
        """One empty tab, no cookie, no storage, no service worker, no subscription, no notification."""
        tabs = self._command("WebDriver:GetWindowHandles")
        for tab in tabs[1:]:
            self._switch(tab)
            self._command("WebDriver:CloseWindow")
        self._switch(tabs[0])
        self.open("about:blank")
        self.js_in_chrome(RESET)

    def open(self, url: str) -> None:
        """Go to `url` in the present tab and wait until it is loaded."""
        self._command("WebDriver:Navigate", {"url": url})

    @property
    def url(self) -> str:
        return str(self._command("WebDriver:GetCurrentURL"))

    def js(self, body: str, *args: Any) -> Any:
        """What `body` returns: the body of an async function with `arguments`, in the page's own world."""
        return self._marionette.execute(body, *args)

    def js_in_chrome(self, body: str, *args: Any) -> Any:
        """The same in the browser itself, with all its rights."""
        return self._marionette.execute_in_chrome(body, *args)

    def wait_until(self, condition: str, *args: Any) -> Any:
        """The value of the JavaScript expression `condition` (may use `arguments` and `await`), once it is truthy."""
        return until(lambda: self._look(condition, *args), f"{condition} at {self.url}")

    def find(self, css: str) -> str:
        """WebDriver's name of the first element that fits, once there is one."""
        return until(lambda: self._find_now(css), f"an element {css} at {self.url}")

    def text(self, css: str) -> str:
        """The text of the element as a reader sees it."""
        return str(self._command("WebDriver:GetElementText", {"id": self.find(css)}))

    def click(self, css: str) -> None:
        """Press the element with the mouse; it must be in sight, or come into sight by scrolling."""
        self._command("WebDriver:ElementClick", {"id": self.find(css)})

    def type(self, css: str, text: str) -> None:
        """Type `text` into the element, after what is there."""
        self._command("WebDriver:ElementSendKeys", {"id": self.find(css), "text": text})

    def screenshot(self, file: Path) -> None:
        """The whole page as PNG."""
        file.write_bytes(base64.b64decode(self._command("WebDriver:TakeScreenshot", {"full": True, "hash": False})))

    def switch_to_tab(self, url_part: str) -> None:
        """Work in the tab whose address contains `url_part`, once there is one."""
        until(lambda: self._switch_now(url_part), f"a tab with {url_part}")

    def tabs(self) -> list[str]:
        """WebDriver's names of the open tabs."""
        return list(self._command("WebDriver:GetWindowHandles"))

    def notifications(self) -> list[Shown]:
        """What stands on the screen now, oldest first."""
        return [Shown(*fields) for fields in self.js_in_chrome(READ_ALERTS)]

    def wait_for_notification(self, title: str) -> Shown:
        """The notification with this title, once it stands on the screen."""
        return until(
            lambda: next((s for s in self.notifications() if s.title == title), None), f"notification {title!r}"
        )

    def press_notification(self, title: str) -> None:
        """Press the notification with this title, once it is there."""
        until(lambda: self.js_in_chrome(PRESS_ALERT, title), f"notification {title!r}")

    def _command(self, name: str, parameters: dict[str, Any] | None = None) -> Any:
        return self._marionette.command(name, parameters)

    def _look(self, condition: str, *args: Any) -> Any:
        try:
            return self.js(f"return ({condition})", *args)
        except MarionetteError as error:
            if error.error in {"javascript error", "no such window"}:  # the page is on its way out or in
                raise NotYetError(str(error)) from error
            raise

    def _find_now(self, css: str) -> str | None:
        try:
            found = self._command("WebDriver:FindElement", {"using": "css selector", "value": css})
        except MarionetteError as error:
            if error.error == "no such element":
                return None
            raise
        return str(next(iter(found.values())))

    def _switch(self, tab: str) -> None:
        self._command("WebDriver:SwitchToWindow", {"handle": tab, "focus": True})

    def _switch_now(self, url_part: str) -> bool:
        for tab in self._command("WebDriver:GetWindowHandles"):
            self._switch(tab)
            if url_part in self.url:
                return True
        return False
