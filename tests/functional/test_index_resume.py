"""`index update` after an interruption: what was downloaded is not downloaded again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from builders.archive import Archive, configure, published_archive
from builders.dpkg import Package, write_database
from builders.root import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 150_000


class Server(ThreadingHTTPServer):
    """Serves a folder; the first Contents of amd64 stops halfway until it is told to continue."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, folder))
        self.ranges: list[str] = []
        """The `Range` of each request for Contents of amd64; empty where it has none."""
        self.halfway = threading.Event()
        self.go_on = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Answers GET, with ranges (RFC 9110, 14)."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *args: object) -> None:
        self.folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file, or its end."""
        server = self.server
        assert isinstance(server, Server)
        path = self.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if start else 200)
        self.send_header("Last-Modified", "Sat, 12 Sep 2026 07:55:41 GMT")
        self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if path.name == "Contents-amd64.gz":
            server.ranges.append(asked)
            if len(server.ranges) == 1:
                self.wfile.write(content[: len(content) // 2])
                self.wfile.flush()
                server.halfway.set()
                server.go_on.wait(60)
                return
        self.wfile.write(content[start:])

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Return an archive whose Contents hardly get smaller by compression."""
    with published_archive() as made:
        draw = random.Random(7)  # noqa: S311 - no secret
        rows = "".join(f"usr/share/{draw.getrandbits(128):x}    utils/foo-tools\n" for _ in range(ROWS))
        package = "Package: foo-tools\nArchitecture: amd64\nVersion: 1\nFilename: x\nSize: 1\nSHA256: 0\n\n"
        made.publish_ubuntu("noble", {"main": (package, rows)})
        yield made


@pytest.mark.slow
def test_an_interrupted_download_continues(archive: Archive, tmp_path: Path) -> None:
    """After an interrupt the second run asks for the rest of the file that the first had half of."""
    server = Server(archive.folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = tmp_path / "root"
    root.mkdir()
    configure(root, archive, "noble")
    write(root / "etc/os-release", "ID=ubuntu\nVERSION_ID=24.04\nVERSION_CODENAME=noble\n")
    write_database(root, Package(name="dpkg"))
    sources = root / "etc/apt/sources.list.d/test.sources"
    sources.write_text(sources.read_text().replace(archive.uri, f"http://127.0.0.1:{server.server_port}"))
    (tmp_path / "apt.conf").write_text('Acquire::http::Proxy::127.0.0.1 "DIRECT";\n')
    command = [sys.executable, "-m", "pip_sysdeps", "index", "update", "--root", str(root)]
    folder = archive.folder.parent / "tmp"  # which apt's own user, _apt, can reach
    folder.mkdir()
    environ = {**os.environ, "APT_CONFIG": str(tmp_path / "apt.conf"), "TMPDIR": str(folder)}
    environ["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE) as first:
        assert server.halfway.wait(60)
        for _ in range(200):
            if any(each.stat().st_size for each in folder.glob("pip-sysdeps-*/state/lists/partial/*Contents-amd64*")):
                break
            threading.Event().wait(0.05)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=60)
    server.go_on.set()
    assert b"Traceback" not in said
    second = subprocess.run(command, env=environ, capture_output=True, check=False, timeout=120)
    server.shutdown()
    server.server_close()
    assert (second.returncode, second.stderr.partition(b",")[0]) == (0, b"wrote the index of ubuntu-noble-amd64")
    assert server.ranges[0] == ""
    assert server.ranges[1].startswith("bytes=")
    assert list(folder.iterdir()) == []
