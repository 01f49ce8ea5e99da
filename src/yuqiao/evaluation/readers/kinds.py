"""Kinds of files, told from what a file is and not from what its name says; and which names fit which kind."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a file is; the value is the ending that such a file should have."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    TEXT = "txt"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    GIF = "gif"
    HEIC = "heic"
    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    M4A = "m4a"
    MP4 = "mp4"
    WEBM = "webm"


FORMS = frozenset({Kind.DOCX, Kind.XLSX, Kind.PDF, Kind.TEXT})
PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF, Kind.HEIC})
SOUNDS = frozenset({Kind.WAV, Kind.MP3, Kind.OGG, Kind.M4A})
VIDEOS = frozenset({Kind.MP4, Kind.WEBM})

#: Endings that say something, and the kinds that they promise. Others promise nothing.
ENDINGS: dict[str, frozenset[Kind]] = {
    **{f".{kind.value}": frozenset({kind}) for kind in Kind},
    ".jpeg": frozenset({Kind.JPEG}),
    ".heif": frozenset({Kind.HEIC}),
    ".oga": frozenset({Kind.OGG}),
    ".opus": frozenset({Kind.OGG}),
    ".mov": frozenset({Kind.MP4}),
    ".m4v": frozenset({Kind.MP4}),
    ".mp4": frozenset({Kind.MP4, Kind.M4A}),
    **dict.fromkeys((".csv", ".tsv", ".md", ".log"), frozenset({Kind.TEXT})),
    **dict.fromkeys((".exe", ".js", ".zip", ".rar"), frozenset[Kind]()),
}
#: Endings by which Office runs what it finds inside.
MACRO_ENDINGS = frozenset({".docm", ".dotm", ".xlsm", ".xltm", ".xlam"})

#: First bytes -> kind, where they say enough.
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"ID3", Kind.MP3),
    (b"OggS", Kind.OGG),
    (b"\x1aE\xdf\xa3", Kind.WEBM),
)
#: First bytes of what nobody can read here -> its name.
FOREIGN = (
    (b"{\\rtf", "RTF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)
#: ISO base media files (ISO/IEC 14496-12, 4.3): brand -> kind; others are video.
BRANDS = {b"heic": Kind.HEIC, b"heix": Kind.HEIC, b"mif1": Kind.HEIC, b"msf1": Kind.HEIC, b"M4A ": Kind.M4A}
RIFF = {b"WAVE": Kind.WAV, b"WEBP": Kind.WEBP}
MP3_FRAMES = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")


def media_kind(content: bytes) -> Kind | None:
    """Return the kind of a picture, a sound or a video; None for anything else."""
    for magic, kind in MAGIC:
        if content.startswith(magic):
            return kind
    if content.startswith(b"RIFF"):
        return RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return BRANDS.get(content[8:12], Kind.MP4)
    return Kind.MP3 if content.startswith(MP3_FRAMES) else None
