"""Text as every kind of file can hold it: what XML 1.0 cannot say is left out, line ends are one and the same."""

from __future__ import annotations

import re

#: Everything outside the production Char of XML 1.0 (section 2.2), and the carriage return, which files do not keep.
_UNSAYABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sayable(text: str) -> str:
    """Return ``text`` without control characters and lone surrogates; every kind of line end becomes a newline."""
    return _UNSAYABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
