"""Who calls, as the network says it: P-Asserted-Identity (RFC 3325), and by whom a call was sent on to us: Diversion
(RFC 5806), History-Info (RFC 7044). Pure.

Only a carrier that may call in is believed; From is what a caller's own telephone says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiosipua import SipRequest

from yuqiao.media.sip.addresses import Party, read_party, read_uri

_MOST = 20


def asserted(invite: SipRequest) -> Party | None:
    """Return the first identity with a number that the network asserts; None where it asserts none, or the caller asked
    not to be shown (``Privacy: id``, RFC 3325 9.3)."""
    asked = {word.strip().lower() for value in invite.headers.get("privacy") for word in value.split(";")}
    if "id" in asked or "user" in asked:
        return None
    return next(_parties(invite.headers.get("p-asserted-identity")), None)


def number_of(party: Party) -> str:
    """Return the user part of its URI, "" where it has none or is none."""
    try:
        return read_uri(party.uri).user
    except ValueError:
        return ""


def diverted_from(invite: SipRequest) -> str:
    """Return the number that was dialled before the call was sent on to us, "" where nobody says so: of Diversion the
    last entry, which is the first diversion (RFC 5806 4.1), else of History-Info the first entry, if others follow."""
    diversions = list(_parties(invite.headers.get("diversion")))
    if diversions:
        return number_of(diversions[-1])
    history = list(_parties(invite.headers.get("history-info")))
    return number_of(history[0]) if len(history) > 1 else ""


def _parties(values: Iterable[str]) -> Iterator[Party]:
    entries = [one for value in values for one in _entries(value)]
    for entry in entries[:_MOST]:
        try:
            party = read_party(entry)
        except ValueError:
            continue
        if number_of(party):
            yield party


def _entries(value: str) -> Iterator[str]:
    """Return what stands between the commas that are neither in quotes nor in angle brackets."""
    start, quoted, inside, escaped = 0, False, False, False
    for at, letter in enumerate(value):
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"' and not inside:
            quoted = not quoted
        elif not quoted and letter in "<>":
            inside = letter == "<"
        elif letter == "," and not quoted and not inside:
            yield value[start:at]
            start = at + 1
    yield value[start:]
