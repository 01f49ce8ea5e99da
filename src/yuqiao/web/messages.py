"""Gettext catalogues without GNU gettext: ``python -m yuqiao.web.messages extract`` or ``compile`` (with Babel).

``extract`` collects every sentence of the pages (Python and templates) into the committed ``.po`` files: new ones are
added untranslated, gone ones are removed. ``compile`` writes the ``.mo`` files that Django reads; they are not
committed. The sentences themselves are English, so the English catalogue repeats them: without it Django would
answer an English reader from the default language.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType

WEB = Path(__file__).resolve().parent
LOCALE = WEB / "locale"
#: Folder of each catalogue -> what Babel calls the language.
LANGUAGES = {"zh_Hans": "zh_Hans", "en": "en"}
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None}
_TRANSLATE = ("translate ", "trans ")


def sentences() -> Iterator[tuple[str, str]]:
    """Yield (file, sentence) for each sentence that the pages can show."""
    for path in sorted(WEB.rglob("*.py")):
        if "tests" in path.relative_to(WEB).parts:
            continue
        for _line, _function, found, _comments in extract_python(BytesIO(path.read_bytes()), KEYWORDS, (), {}):
            if found:
                yield path.relative_to(WEB).as_posix(), str(found)
    for path in sorted(WEB.rglob("*.html")):
        for sentence in template_sentences(path.read_text("utf-8")):
            yield path.relative_to(WEB).as_posix(), sentence


def template_sentences(source: str) -> Iterator[str]:
    """Yield what ``{% translate "…" %}`` marks in a template; ValueError on a form that would be missed."""
    for token in Lexer(source).tokenize():
        if token.token_type is not TokenType.BLOCK:
            continue
        if token.contents.startswith("blocktrans"):
            raise ValueError("use {% translate %}: blocktranslate is not extracted")
        if token.contents.startswith(_TRANSLATE):
            quote = token.split_contents()[1]
            if len(quote) < 3 or quote[0] not in "\"'" or quote[-1] != quote[0]:
                raise ValueError(f"{{% {token.contents} %}} translates no fixed sentence")
            yield quote[1:-1].replace("%", "%%")  # as Django looks it up


def catalogue(folder: str) -> Catalog:
    """Read the committed catalogue of one language; an empty one where there is none yet."""
    path = LOCALE / folder / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale=LANGUAGES[folder])
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGES[folder])


def extract() -> int:
    """Bring the catalogues in line with the pages; return how many sentences are still untranslated."""
    untranslated = 0
    found: dict[str, set[str]] = {}
    for file, sentence in sentences():
        found.setdefault(sentence, set()).add(file)
    for folder, locale in LANGUAGES.items():
        old = catalogue(folder)
        new = Catalog(locale=locale, project="Yuqiao", fuzzy=False, creation_date=old.creation_date)
        new.revision_date = old.revision_date
        for sentence in sorted(found):
            before = old.get(sentence)
            text = str(before.string) if before else ""
            text = text or (sentence if folder == "en" else "")
            untranslated += not text
            new.add(sentence, text, locations=[(file, 0) for file in sorted(found[sentence])])
        path = LOCALE / folder / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as output:
            write_po(output, new, width=120, include_lineno=False, sort_output=True)
    return untranslated


def compile_all() -> None:
    """Write the ``.mo`` file of each language."""
    for folder in LANGUAGES:
        path = LOCALE / folder / "LC_MESSAGES" / "django.mo"
        with path.open("wb") as output:
            write_mo(output, catalogue(folder))


def main(argv: list[str] | None = None) -> int:
    """Run from the command line; ``extract`` exits 1 while something is untranslated."""
    parser = argparse.ArgumentParser(prog="python -m yuqiao.web.messages")
    parser.add_argument("do", choices=["extract", "compile"])
    if parser.parse_args(argv).do == "compile":
        compile_all()
        return 0
    untranslated = extract()
    sys.stdout.write(f"{untranslated} sentences are not translated yet\n")
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
