"""``yuqiao audit-form FILE…``: the findings on somebody's self-evaluation form, for an auditor with a minute."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from yuqiao.evaluation.audit_report import Audited, as_data, audited, line, report
from yuqiao.evaluation.findings import Weight
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.readers.files import read_file
from yuqiao.evaluation.scheme_data import from_data
from yuqiao.evaluation.schemes import BY_CODE, Scheme

SOUND, FINDINGS, UNREADABLE = 0, 1, 2
AUTO = "auto"


def main(argv: list[str]) -> int:
    """Print the findings; 0 when there are none, 1 when there are, 2 for what nobody can read, or without a form."""
    chosen = _arguments(argv)
    try:
        scheme = _scheme(chosen)
    except (OSError, ValueError) as error:  # SchemeError and bad JSON are ValueErrors
        sys.stderr.write(f"yuqiao audit-form: {chosen.scheme_file}: {error}\n")
        return UNREADABLE
    paths = list(_files(chosen.file))
    many = len(paths) != 1 or chosen.file[0].is_dir()
    done = [_audited(path, scheme) for path in paths]
    if chosen.json:
        sys.stdout.write(json.dumps([as_data(one) for one in done], ensure_ascii=False, indent=1) + "\n")
    else:
        _print(done, many=many, details=chosen.details)
    forms = [one for one in done if one.error is None]
    if not forms or any(one.error is not None and not one.is_other for one in done):
        return UNREADABLE
    return FINDINGS if any(one.findings for one in done) else SOUND


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="yuqiao audit-form",
        description="Check the arithmetic and the writing of a 项目支出绩效自评表 (docx, xlsx, PDF, plain text).",
        epilog="Exit status: 0 nothing found, 1 findings, 2 a file cannot be read, or none of them is such a form.",
    )
    parser.add_argument("file", type=Path, nargs="+", help="files, or folders of files")
    parser.add_argument(
        "--scheme", choices=[AUTO, *BY_CODE], default=AUTO, help="how it should be scored; auto tells by the weights"
    )
    parser.add_argument("--scheme-file", type=Path, help="score by a scheme kept as JSON instead")
    parser.add_argument("--json", action="store_true", help="a list with one object for each file")
    parser.add_argument("--details", action="store_true", help="all findings of each file, also when there are many")
    return parser.parse_args(argv)


def _scheme(chosen: argparse.Namespace) -> Scheme | None:
    """Return the scheme that was asked for, None to tell it by the weights; ValueError says what to mend in a file."""
    if chosen.scheme_file is not None:
        return from_data(json.loads(chosen.scheme_file.read_text("utf-8")))
    return None if chosen.scheme == AUTO else BY_CODE[chosen.scheme]


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files, those of a folder by name; no hidden ones, no locks of a running Office (~$form.docx)."""
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.is_file())
            yield from (one for one in inside if not one.name.startswith((".", "~$")))
        else:
            yield path


def _audited(path: Path, scheme: Scheme | None) -> Audited:
    try:
        form = read_file(path)
    except UnreadableError as error:
        return Audited(str(path), error=error)
    return audited(str(path), form, scheme)


def _print(done: list[Audited], *, many: bool, details: bool) -> None:
    for one in done:
        if one.error is not None:
            sys.stderr.write(f"yuqiao audit-form: {line(one)}\n")
        elif not many:
            sys.stdout.write(report(one) + "\n")
        else:
            sys.stdout.write(f"{line(one)}\n")
            if details:
                sys.stdout.write(f"{report(one)}\n\n")
    if many:
        read = [one for one in done if one.error is None]
        wrong = sum(one.count(Weight.ERROR) > 0 for one in read)
        other = sum(one.is_other for one in done)
        told = f"共{len(done)}个文件：{len(read)}份自评表，其中{wrong}份有错误；{other}个不是自评表"
        sys.stdout.write(f"{told}；{len(done) - len(read) - other}个无法读取。\n")
