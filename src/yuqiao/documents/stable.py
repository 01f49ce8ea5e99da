"""Equal content, equal bytes: Office files are zip archives that carry the time of their making in several places."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

#: The first moment a zip archive can name.
EPOCH = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
_TIME = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def stable(data: bytes, at: dt.datetime) -> bytes:
    """Return an Office file with ``at`` as its only time."""
    stamp = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == CORE:
                content = _TIME.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content)
    return made.getvalue()
