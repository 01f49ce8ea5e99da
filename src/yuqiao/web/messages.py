"""Gettext catalogues without GNU gettext: ``python -m yuqiao.web.messages extract`` or ``compile`` (with Babel).

``extract`` collects every sentence of the pages (Python and templates) into the committed ``.po`` files: new ones are
added untranslated, gone ones are removed. ``compile`` writes the ``.mo`` files that Django reads; they are not
committed. The sentences themselves are English, so the English catalogue repeats them: without it Django would
answer an English reader from the default language.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType

from yuqiao.languages.catalogue import FOREIGN

WEB = Path(__file__).resolve().parent
#: Folder of each catalogue -> what Babel calls the language.
LANGUAGES = {"zh_Hans": "zh_Hans", "en": "en"}
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
_TRANSLATE = ("translate ", "trans ")
#: A sentence, or one in singular and plural.
Sentence = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Book:
    """The catalogues of one part of the pages: sentences found below ``root``, except below ``without``."""

    root: Path
    locale: Path
    languages: Mapping[str, str]
    without: tuple[Path, ...] = ()

    def files(self, suffix: str) -> list[Path]:
        """Return its files, without tests, in a fixed order."""
        found = sorted(self.root.rglob(f"*{suffix}"))
        mine = [one for one in found if "tests" not in one.relative_to(WEB).parts]
        return [one for one in mine if not any(one.is_relative_to(other) for other in self.without)]

    def path(self, folder: str, suffix: str = "po") -> Path:
        """Return where the catalogue of a language is kept."""
        return self.locale / folder / "LC_MESSAGES" / f"django.{suffix}"


CITIZEN = WEB / "citizen"
#: What staff read, in Chinese and English.
STAFF = Book(WEB, WEB / "locale", LANGUAGES, (CITIZEN,))
#: What citizens read, in all service languages. Django finds it as the application's own ``locale`` folder.
CITIZENS = Book(CITIZEN, CITIZEN / "locale", LANGUAGES | {code: code for code in FOREIGN})
BOOKS = (STAFF, CITIZENS)


def sentences(book: Book) -> Iterator[tuple[str, Sentence]]:
    """Yield (file, sentence) for each sentence that the pages can show."""
    for path in book.files(".py"):
        for _line, _function, found, _comments in extract_python(BytesIO(path.read_bytes()), KEYWORDS, (), {}):
            texts = texts_of(found)
            if texts[0]:
                yield path.relative_to(WEB).as_posix(), (texts[0], texts[1]) if len(texts) > 1 else texts[0]
    for path in book.files(".html"):
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


def catalogue(book: Book, folder: str) -> Catalog:
    """Read the committed catalogue of one language; an empty one where there is none yet."""
    path = book.path(folder)
    if not path.exists():
        return Catalog(locale=book.languages[folder])
    with path.open("rb") as file:
        return read_po(file, locale=book.languages[folder])


def texts_of(string: object) -> tuple[str, ...]:
    """Return a translation's forms: one, or as many as the language has plurals; none is empty in a complete one."""
    return tuple(str(one) for one in string) if isinstance(string, list | tuple) else (str(string or ""),)


def extract(book: Book) -> int:
    """Bring the catalogues in line with the pages; return how many sentences are still untranslated."""
    untranslated = 0
    found: dict[Sentence, set[str]] = {}
    for file, sentence in sentences(book):
        found.setdefault(sentence, set()).add(file)
    for folder, locale in book.languages.items():
        old = catalogue(book, folder)
        new = Catalog(locale=locale, project="Yuqiao", fuzzy=False, creation_date=old.creation_date)
        new.revision_date = old.revision_date
        for sentence in sorted(found, key=lambda one: (one,) if isinstance(one, str) else one):
            before = old.get(sentence[0] if isinstance(sentence, tuple) else sentence)
            text = before.string if before and all(texts_of(before.string)) else None
            text = text or (sentence if folder == "en" else None)
            untranslated += text is None
            new.add(sentence, text, locations=[(file, 0) for file in sorted(found[sentence])])
        path = book.path(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as output:
            write_po(output, new, width=120, include_lineno=False, sort_output=True)
    return untranslated


def compile_all() -> None:
    """Write the ``.mo`` file of each language of each book, each at once: other processes may be reading them."""
    for book in BOOKS:
        for folder in book.languages:
            made = BytesIO()
            write_mo(made, catalogue(book, folder))
            path = book.path(folder, "mo")
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as output:
                output.write(made.getvalue())
            Path(output.name).replace(path)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line; ``extract`` exits 1 while something is untranslated."""
    parser = argparse.ArgumentParser(prog="python -m yuqiao.web.messages")
    parser.add_argument("do", choices=["extract", "compile"])
    if parser.parse_args(argv).do == "compile":
        compile_all()
        return 0
    untranslated = sum(extract(book) for book in BOOKS)
    sys.stdout.write(f"{untranslated} sentences are not translated yet\n")
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
