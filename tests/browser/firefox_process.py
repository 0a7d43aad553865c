"""A Firefox of our own: headless, a fresh profile, its own process group, nothing that calls home."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from tests.browser.installed import require
from tests.browser.patience import until

STOP_LIMIT_S = 60.0

PUSH = {
    "dom.push.testing.allowInsecureServerURL": True,  # ws: instead of wss:
    "dom.push.connection.enabled": True,
    "dom.push.enabled": True,
    "dom.push.retryBaseInterval": 200,  # ms; soon back when the service was away
}
NOTIFICATIONS = {
    "permissions.default.desktop-notification": 1,  # granted, as if the resident had said yes to the browser's question
    "alerts.useSystemBackend": False,  # Firefox draws them itself: there is no desktop here
    "dom.webnotifications.disable_open_click_delay": 60_000,  # ms within which a click may open a page
    "toolkit.legacyUserProfileCustomizations.stylesheets": True,  # reads chrome/userChrome.css
}
QUIET = {
    "remote.prefs.recommended": True,
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "",
}
# Firefox takes its own notifications away after 20 s; a slow machine would then see none where one was shown
KEEP_ALERTS = "#alertBox[animate]:not([clicked], [closing]) { animation-duration: 3600s !important; }\n"


class FirefoxProcess:
    """Runs from construction to `stop`. `port` is Marionette's; `log_file` has what Firefox printed."""

    def __init__(self, folder: Path, prefs: dict[str, str | int | bool]) -> None:
        profile = folder / "profile"
        (profile / "chrome").mkdir(parents=True)
        (profile / "chrome" / "userChrome.css").write_text(KEEP_ALERTS)
        wanted = PUSH | NOTIFICATIONS | QUIET | prefs
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items()]
        (profile / "user.js").write_text("".join(lines))
        self.log_file = folder / "firefox.log"
        command = [require("Firefox"), "--headless", "--no-remote", "--profile", str(profile), "--marionette"]
        command += ["--remote-allow-system-access", "about:blank"]  # else no script may look at the notifications
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "MOZ_HEADLESS": "1"},
                start_new_session=True,
            )
        try:
            self.port = until(lambda: self._read_port(profile / "MarionetteActivePort"), "Firefox to listen")
        except BaseException:
            self.stop()
            raise

    def _read_port(self, file: Path) -> int | None:
        if self._process.poll() is not None:
            raise RuntimeError(f"Firefox ended with {self._process.returncode}: {self.log_tail()}")
        text = file.read_text() if file.exists() else ""
        return int(text) if text else None

    def log_tail(self) -> str:
        """The last lines of the log, for an error's words."""
        return self.log_file.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """Ask it to end, then make it; never touches a process that is not its child or grandchild."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
