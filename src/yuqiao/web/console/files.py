"""Documents that are taken away as files: any document as docx, xlsx or PDF, or a sentence that says why not."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from yuqiao.documents.blocks import Document
from yuqiao.documents.formats import FORMATS
from yuqiao.web.console.words import Words

#: Why a document could not be made: codes of `documents.forms.DocumentError`.
NO_FILE: Words = {
    "font": _("The server has no font with Chinese signs for PDF; docx and xlsx work. Run deploy/packages run there."),
    "too_long": _("A text is longer than a cell of xlsx can hold; docx and PDF work."),
    "layout": _("The form's cells do not fit together, so no file could be made."),
}


def file_response(document: Document, kind: str, name: str) -> HttpResponse:
    """Return a document as a file called ``name`` with the ending ``kind``: docx, xlsx or pdf; 404 for another kind.

    DocumentError where it cannot be made; `NO_FILE` has a sentence for its code.
    """
    if kind not in FORMATS:
        raise Http404
    response = HttpResponse(FORMATS[kind].write(document), content_type=FORMATS[kind].content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
