"""``{% module 'caller' %}``: a page's own module, and at once what it imports, of which a browser learns too late."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def module(name: str) -> SafeString:
    """Return the elements that load ``built/NAME.js`` and what it imports side by side, not one after the other."""
    links = format_html_join(
        "", '<link rel="modulepreload" href="{}">', ((static(f"built/{file}"),) for file in imported(name))
    )
    return links + format_html('<script src="{}" type="module"></script>', static(f"built/{name}.js"))


def imported(name: str) -> tuple[str, ...]:
    """Return the files that a module imports, as the build's manifest says; none before anything has been built."""
    found = finders.find("built/manifest.json")
    if found is None:
        return ()
    path = Path(found)
    return _imported(name, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _imported(name: str, path: Path, _written: int) -> tuple[str, ...]:
    chunks = json.loads(path.read_text())
    files: dict[str, None] = {}
    to_do = [key for key, one in chunks.items() if one["file"] == f"{name}.js"]
    while to_do:
        for key in chunks[to_do.pop()].get("imports", ()):
            if chunks[key]["file"] not in files:
                files[chunks[key]["file"]] = None
                to_do.append(key)
    return tuple(files)
