"""A tiny site on http://localhost (a secure context, so that service workers and push work) with files from memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}


class PageServer:
    """Serves `pages` (path to content; the type is told by the ending, else HTML) until `close`."""

    def __init__(self, pages: Mapping[str, str], headers: Mapping[str, str] | None = None) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                self.send_response(200 if path in pages else 404)
                self.send_header("Content-Type", TYPES.get(path.rpartition(".")[2], TYPES["html"]))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(pages.get(path, "nothing here").encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: the test's output is for the test."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="page-server", daemon=True)
        self._thread.start()
        self.origin = f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
