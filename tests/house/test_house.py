"""Rules of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yuqiao"
LONGEST_MODULE = 400
TEXT = {
    ".py", ".md", ".toml", ".lock", ".txt", ".json", ".sh", ".ts", ".js", ".css", ".html", ".yml", ".xml", ".po", "",
}  # fmt: skip

#: Bottom to top; a foreign key may point only to its own layer or one before it (docs/architecture.md).
MODEL_LAYERS = [
    "contenttypes",
    "auth",
    "languages",
    "accounts",
    "hooks",
    "workforce",
    "cases",
    "hotline",
    "outreach",
    "contracts",
    "evaluation",
]

#: Written in pieces, so that this file does not break its own rule.
REGISTRY = re.compile("|".join(["python" + "hosted", "pypi" + r"\.org", "npm" + r"js\.", "deb" + r"\.debian"]))
MACHINE_PATH = re.compile(r"(?<![\w.$}~*])/(?:" + "|".join(["root", "work", "home/" + r"\w", "tmp" + r"/\w"]) + r")/")


def committed() -> Iterator[Path]:
    """Yield the text files git knows of."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listing.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in TEXT and path.is_file():
            yield path


def test_no_module_is_longer_than_one_can_hold_in_mind() -> None:
    modules = [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in modules}
    assert len(lengths) > 20
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def migrations() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("migrations/*.py") if path.name != "__init__.py")


def test_migrations_have_names_and_import_nothing_of_ours() -> None:
    assert migrations()
    for path in migrations():
        assert re.fullmatch(r"\d{4}_(?!auto_)[a-z][a-z0-9_]+\.py", path.name), path
        assert not re.search(r"^\s*(from|import) yuqiao", path.read_text(), re.MULTILINE), path


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_foreign_keys_point_down_only() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("yuqiao.")]
    assert ours
    upward = []
    for model in ours:
        own = MODEL_LAYERS.index(model._meta.app_label)
        for field in model._meta.get_fields():
            pointed = field.concrete and (field.many_to_one or field.one_to_one)
            target = getattr(getattr(field, "related_model", None), "_meta", None) if pointed else None
            if target and target.app_label in MODEL_LAYERS and MODEL_LAYERS.index(target.app_label) > own:
                upward.append(f"{model._meta.label}.{field.name} -> {target.label}")
    assert upward == []


def test_no_registry_address_and_no_path_of_a_machine_is_committed() -> None:
    findings = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in committed()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (REGISTRY.search(line) or MACHINE_PATH.search(line)) and "noqa: path" not in line
    ]
    assert findings == []


def test_every_locked_package_has_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^([a-z0-9._\[\]-]+)==\S+ \\$", lock, re.MULTILINE)
    assert len(pins) > 30
    assert len(re.findall(r"^    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)) >= len(pins)
    assert "://" not in lock


def test_a_missing_secret_stops_the_start_with_a_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import yuqiao.config.settings"],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "YUQIAO_SECRET_KEY is not set" in run.stderr


def test_a_database_of_another_kind_is_refused_with_a_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import yuqiao.config.settings"],
        env={"PATH": "", "YUQIAO_DEBUG": "1", "DATABASE_URL": "mysql://somewhere/name"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "must begin with sqlite:/// or postgres://" in run.stderr
