"""A server on this machine that has a folder, by https with a certificate of its own authority, and by http."""

from __future__ import annotations

import ssl
import subprocess
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Server(NamedTuple):
    """A server that runs."""

    url: str
    """Without a slash at its end."""
    asked: list[str]
    """The paths that were asked for."""


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; `/to/URL` leads to that URL, and `/slow` never ends."""

    asked: list[str]

    def do_GET(self) -> None:
        """Note the path, and answer."""
        self.asked.append(self.path)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - http.server's signature
        """Print nothing."""


class _Server(ThreadingHTTPServer):
    """Shakes hands in the thread of each connection, and says nothing of those that end there."""

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401 - socketserver's signature
        """Print nothing."""


@contextmanager
def served(folder: Path, certificate: Path | None) -> Iterator[Server]:
    """Serve a folder: by https with a certificate, else by http."""
    asked: list[str] = []
    handler = type("Handler", (_Handler,), {"asked": asked})
    with _Server(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
        thread.start()
        yield Server(f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", asked)
        server.shutdown()
        thread.join()


def make_certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 with its key, in one file; a client that trusts the file trusts the server."""
    key, made, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "9",
    ]
    command += ["-subj", "/CN=tests", "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run([*command, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl")
    both.write_bytes(made.read_bytes() + key.read_bytes())
    return both
