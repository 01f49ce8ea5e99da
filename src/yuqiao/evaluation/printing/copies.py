"""Who a copy is for, and how far the document has come: what runs along the edges of its pages."""

from __future__ import annotations

from enum import StrEnum

from yuqiao.documents.style import Page

#: Sides of a form's page in mm: nine columns need the room.
MARGINS = (16.0, 12.0, 16.0, 12.0)
#: GB/T 9704-2012, 5.1: 37 mm above, 28 mm to the left, a type area of 156 mm × 225 mm.
OFFICIAL_MARGINS = (37.0, 26.0, 35.0, 28.0)
DRAFT, INTERNAL_MARK = "草稿", "内部使用"


class Copy(StrEnum):
    """The public copy leaves out what is for the office itself: notes, evidence, a phone that is not public (S2)."""

    PUBLIC = "public"
    INTERNAL = "internal"


def page(copy: Copy, running: str, *, draft: bool, official: bool = False) -> Page:
    """Return the page of a document; ``running`` is repeated from the second page on (S5)."""
    marks = [DRAFT] * draft + [INTERNAL_MARK] * (copy is Copy.INTERNAL)
    margins = OFFICIAL_MARGINS if official else MARGINS
    return Page(sideways=False, margins=margins, running=running, mark=" · ".join(marks), counted=True)
