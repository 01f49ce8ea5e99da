"""Names that come over the wire and become files."""

from __future__ import annotations

import re
from pathlib import Path

from yuqiao.media.ari.errors import AriError

_NAME = re.compile(r"[\w@+=-][\w.@+= -]*(/[\w@+=-][\w.@+= -]*)*")


def inside(folder: Path, name: str, suffix: str) -> Path:
    """Return ``folder/name.suffix``; AriError 400 unless ``name`` is a plain relative path.

    No part of it may begin with a point, so it neither leads upwards nor hides.
    """
    if len(name) > 200 or not _NAME.fullmatch(name):
        raise AriError(
            400, "A name is letters, digits, blanks and ._-@+= in folders divided by /, none beginning with a point"
        )
    path = folder / f"{name}{suffix}"
    if not path.resolve().is_relative_to(folder.resolve()):
        raise AriError(400, "A name must stay inside its folder")
    return path
