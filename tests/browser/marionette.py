"""Firefox's own remote protocol, Marionette, spoken over its socket: no geckodriver in between."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

ANSWER_LIMIT_S = 180.0  # longer than every timeout inside Firefox, so that Firefox gets to say what went wrong
SCRIPT_LIMIT_MS = 120_000


class MarionetteError(RuntimeError):
    """Firefox refused a command; `error` is WebDriver's name for the fault."""

    def __init__(self, command: str, error: str, message: str) -> None:
        self.error = error
        super().__init__(f"{command}: {error}: {message}")


class Marionette:
    """One session. Messages are JSON after their length in bytes and a colon; one answer for each command."""

    def __init__(self, port: int, last_words: Callable[[], str]) -> None:
        self._last_words = last_words  # of a Firefox that is gone
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S)
        self._stream = self._socket.makefile("rb")
        self._count = 0
        self._read()  # the greeting
        self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        self.command("WebDriver:SetTimeouts", {"script": SCRIPT_LIMIT_MS, "pageLoad": SCRIPT_LIMIT_MS, "implicit": 0})

    def command(self, name: str, parameters: dict[str, Any] | None = None) -> Any:
        """The command's result, out of its `value`; `MarionetteError`; `ConnectionError`: Firefox is gone."""
        self._count += 1
        packet = json.dumps([0, self._count, name, parameters or {}]).encode()
        self._socket.sendall(b"%d:%s" % (len(packet), packet))
        _, number, error, result = self._read()
        if number != self._count:
            raise MarionetteError(name, "out of step", f"answer {number} to command {self._count}")
        if error:
            raise MarionetteError(name, error["error"], error["message"])
        return result["value"] if isinstance(result, dict) and result.keys() == {"value"} else result

    def execute(self, body: str, *args: Any) -> Any:
        """What `body` returns: the body of an async JavaScript function with `arguments`, in the page's own world."""
        parameters = {"script": _as_function(body), "args": list(args), "sandbox": None}
        return self.command("WebDriver:ExecuteScript", parameters)

    def execute_in_chrome(self, body: str, *args: Any) -> Any:
        """As `execute`, but in the browser itself, with all its rights (`Services`, `Cc`, `Ci`)."""
        self.command("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.command("WebDriver:ExecuteScript", {"script": _as_function(body), "args": list(args)})
        finally:
            self.command("Marionette:SetContext", {"value": "content"})

    def close(self) -> None:
        """Only the connection; Firefox goes on."""
        self._stream.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._stream.read(1)
            if not byte:
                raise ConnectionError(f"Firefox closed the connection: {self._last_words()}")
            length += byte
        packet = self._stream.read(int(length[:-1]))
        return json.loads(packet)


def _as_function(body: str) -> str:
    return f"return (async function () {{ {body} }}).apply(this, arguments)"
