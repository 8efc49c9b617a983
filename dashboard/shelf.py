"""Bytes that all workers of a server share, in files of a folder that is theirs alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

FOLDER = "VSM_KEPT_PAGES"  # in the environment of the workers of one server
PREFIX = "vsm-pages-"
BYTES = 256 << 20
LOOKS_EVERY = 50  # pages that are kept


class Shelf:
    """Bytes by name; what is not asked for the longest goes first. A folder that is full or gone keeps nothing, and
    nobody is told: all is only slower."""

    def __init__(self, folder: Path, most: int = BYTES) -> None:
        self.folder, self.most = folder, most
        self.put_since = LOOKS_EVERY

    def get(self, name: str) -> bytes | None:
        """The bytes, where they are kept."""
        with contextlib.suppress(OSError):
            body = (self.folder / name).read_bytes()
            os.utime(self.folder / name)
            return body
        return None

    def put(self, name: str, body: bytes) -> None:
        """Keep the bytes; who reads meanwhile sees all of them or none."""
        with contextlib.suppress(OSError):
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as draft:
                draft.write(body)
            Path(draft.name).replace(self.folder / name)
            self.put_since += 1
            if self.put_since >= LOOKS_EVERY:
                self.put_since = 0
                self._make_room()

    def _make_room(self) -> None:
        found = sorted((path.stat().st_mtime_ns, path.stat().st_size, path) for path in self.folder.iterdir())
        too_many = sum(size for _, size, _ in found) - self.most
        for _, size, path in found:
            if too_many <= 0:
                return
            path.unlink(missing_ok=True)
            too_many -= size
