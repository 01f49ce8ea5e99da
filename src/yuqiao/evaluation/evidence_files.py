"""Files handed in as evidence: judged by what they are, kept once under their SHA-256, never changed.

A file is written whole beside its place and then moved there, before its row is: whoever finds the row finds the file.
What a refused or crashed hand-in leaves is removed at once, or by `sweep`.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import IntegrityError, transaction

from yuqiao.evaluation.evidence_rules import EvidenceError
from yuqiao.evaluation.models import StoredFile
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.readers.kinds import Kind
from yuqiao.evaluation.readers.pdf import read_pdf
from yuqiao.evaluation.readers.safety import MIB, inspect
from yuqiao.lib import clock

PIECE = 1024 * 1024
#: Lists of evidence may be longer than any form: this much XML may one unpack to.
MOST_XML = 64 * MIB
EMAIL = "eml"
LONGEST_NAME = 200
#: A file without a row that is older than this belongs to no hand-in that is still running.
LEFT_BEHIND = dt.timedelta(hours=6)


class ChangedError(ValueError):
    """A stored file is gone, or is not what was handed in."""


class KeptOnce(FileSystemStorage):
    """A folder of files named by what they hold: writing one again changes nothing, and nobody sees half of one."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: the same name holds the same bytes."""
        del max_length
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
        try:
            with partial.open("wb") as file:
                for piece in content.chunks(PIECE):
                    file.write(piece)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return name


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in its place, but has no row yet."""

    sha256: str
    kind: str
    name: str
    size: int
    content: bytes


def store() -> Storage:
    """Return where evidence is kept: ``STORAGES["evidence"]``."""
    return storages["evidence"]


def place(sha256: str) -> str:
    """Return a file's name in the store."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def take(content: File[bytes] | bytes, name: str) -> Kept:
    """Judge a file and put it into its place; UnreadableError or EvidenceError says why it is not taken.

    To be followed by `row_of` in the transaction that writes what refers to it, or by `forget`.
    """
    most = settings.EVIDENCE_MOST_MB
    size = len(content) if isinstance(content, bytes) else content.size
    if size > most * MIB:
        raise EvidenceError("file_size", most=most)
    data = content if isinstance(content, bytes) else b"".join(content.chunks(PIECE))
    plain_name = PurePath(name.replace("\\", "/")).name[-LONGEST_NAME:] or "文件"
    kind = kind_of(data, plain_name)
    kept = Kept(hashlib.sha256(data).hexdigest(), kind, plain_name, len(data), data)
    if not store().exists(place(kept.sha256)):
        store().save(place(kept.sha256), ContentFile(data))
    return kept


def kind_of(data: bytes, name: str) -> str:
    """Return what a file is. Of an e-mail each attachment is judged as well."""
    if PurePath(name).suffix.lower() == f".{EMAIL}":
        return _email(data)
    kind = inspect(data, name, largest=settings.EVIDENCE_MOST_MB * MIB, most_xml=MOST_XML)
    if kind is Kind.PDF and b"/Encrypt" in data:
        _opens(data)
    return kind.value


def _opens(pdf: bytes) -> None:
    """Refuse a PDF that asks for a password; many are locked against changes only, and open without one."""
    try:
        read_pdf(pdf)
    except UnreadableError as error:
        if error.code == "locked":
            raise


def _email(data: bytes) -> str:
    """Judge an e-mail as RFC 5322 has it: 3.6 asks for a date and a sender."""
    if not data.strip():
        raise UnreadableError("empty")
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not (message["From"] and message["Date"]):
        raise EvidenceError("mail")
    for part in message.walk():
        said = part.get_content_maintype() == "text" and part.get_filename() is None
        content = None if said or part.is_multipart() else part.get_payload(decode=True)
        if isinstance(content, bytes):
            kind_of(content, part.get_filename() or "")
    return EMAIL


def row_of(kept: Kept) -> StoredFile:
    """Return the row of a file that is in its place; within the transaction of what refers to it."""
    row, _made = StoredFile.objects.get_or_create(
        sha256=kept.sha256,
        defaults={"kind": kept.kind, "name": kept.name, "size": kept.size, "stored_at": clock.now()},
    )
    if not store().exists(place(kept.sha256)):  # another hand-in of the same file failed meanwhile and took it away
        store().save(place(kept.sha256), ContentFile(kept.content))
    return row


@contextmanager
def placed(file: File[bytes] | None) -> Iterator[str]:
    """Keep a file together with what is written within: give its SHA-256, and leave nothing if that fails.

    Gives nothing for no file.
    """
    if file is None:
        yield ""
        return
    kept = take(file, file.name or "")
    try:
        with transaction.atomic():
            row_of(kept)
            yield kept.sha256
    except BaseException:
        forget(kept.sha256)
        raise


def forget(sha256: str) -> bool:
    """Remove a file that no row knows; returns whether it was removed.

    Whoever holds a file's row keeps others from making one, so a hand-in of the same file that runs now waits, and
    then writes it anew.
    """
    with suppress(IntegrityError), transaction.atomic():
        StoredFile.objects.create(sha256=sha256, kind="", name="", size=0, stored_at=clock.now())
        store().delete(place(sha256))
        transaction.set_rollback(True)
        return True
    return False


def read(row: StoredFile) -> Iterator[bytes]:
    """Yield a file's bytes once all of them were compared with its hash; ChangedError if they differ."""
    with _opened(row) as file:
        if _digest(file) != row.sha256:
            raise ChangedError(row.sha256)
    return _pieces(row)


def _pieces(row: StoredFile) -> Iterator[bytes]:
    with _opened(row) as file:
        while piece := file.read(PIECE):
            yield piece


def _opened(row: StoredFile) -> BinaryIO:
    try:
        return cast(BinaryIO, store().open(place(row.sha256), "rb"))
    except FileNotFoundError as error:
        raise ChangedError(row.sha256) from error


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def intact(row: StoredFile) -> bool:
    """Return whether a stored file is there and still what was handed in."""
    try:
        with _opened(row) as file:
            return _digest(file) == row.sha256
    except ChangedError:
        return False


def damaged() -> list[StoredFile]:
    """Return every stored file that is gone or changed."""
    return [row for row in StoredFile.objects.order_by("id").iterator() if not intact(row)]


def sweep(now: dt.datetime) -> int:
    """Remove what crashed hand-ins left behind; returns how many files there were."""
    removed = 0
    for name in _names(store(), ""):
        if now - store().get_modified_time(name) < LEFT_BEHIND:
            continue
        sha256 = PurePath(name).name
        if sha256.endswith(".part"):
            store().delete(name)
            removed += 1
        elif not StoredFile.objects.filter(sha256=sha256).exists():
            removed += forget(sha256)
    return removed


def _names(kept: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = kept.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for one in folders:
        yield from _names(kept, f"{folder}{one}/")
