"""A folder that is served by http while a test runs."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_PART = 1 << 16


class Served(NamedTuple):
    """A server."""

    uri: str
    """Its address."""
    sent: list[str]
    """The paths of the files that it has sent, in order."""


class _Files(SimpleHTTPRequestHandler):
    """Serves files, prints no log, and keeps the names of the files that were sent."""

    def __init__(self, sent: list[str], pause: float, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as socketserver calls it
        self._sent, self._pause = sent, pause
        super().__init__(*args, **options)

    def copyfile(self, source: Any, outputfile: Any) -> None:  # noqa: ANN401 - its signature
        """Send a file in parts, if it is to be slow; whoever asked may be gone."""
        with suppress(ConnectionError):
            while piece := source.read(_PART if self._pause else -1):
                outputfile.write(piece)
                time.sleep(self._pause)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 - its signature
        """Keep what was sent; 304 (not modified) and 404 send nothing."""
        if code == HTTPStatus.OK:
            self._sent.append(self.path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Print nothing."""


@contextmanager
def served_folder(folder: Path, *, pause: float = 0) -> Iterator[Served]:
    """Serve a folder while the context lasts; with a pause of so many seconds after each 64 KiB."""
    sent: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, sent, pause, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Served(f"http://127.0.0.1:{server.server_address[1]}", sent)
        finally:
            server.shutdown()
