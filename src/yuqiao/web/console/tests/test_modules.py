"""A page's module comes together with all it imports, named once each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template

MANIFEST = {
    "src/desk.ts": {"file": "desk.js", "isEntry": True, "imports": ["src/softphone.ts", "_kept.js"]},
    "src/softphone.ts": {"file": "softphone.js", "isEntry": True, "imports": ["_sip.js", "_kept.js"]},
    "_sip.js": {"file": "chunks/sip.js"},
    "_kept.js": {"file": "chunks/kept.js", "imports": ["_sip.js"]},
    "src/charts.ts": {"file": "charts.js", "isEntry": True},
}


def loaded(name: str) -> str:
    return Template("{% load modules %}{% module name %}").render(Context({"name": name}))


def test_what_a_module_imports_by_others_is_fetched_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(finders, "find", lambda name: str(path) if name == "built/manifest.json" else None)
    html = loaded("desk")
    for file in ("softphone.js", "chunks/sip.js", "chunks/kept.js"):
        assert html.count(f'<link rel="modulepreload" href="/static/built/{file}">') == 1
    assert html.endswith('<script src="/static/built/desk.js" type="module"></script>')
    assert "preload" not in loaded("charts")


def test_before_anything_is_built_the_module_alone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda _name: None)
    assert loaded("desk") == '<script src="/static/built/desk.js" type="module"></script>'
