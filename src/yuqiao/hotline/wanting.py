"""A call's request as routing sees it, the same for rows and for the simulation. Pure."""

from __future__ import annotations

from yuqiao.hotline.routing import Wanted
from yuqiao.hotline.state import RequestOf


def wanted_of(
    request: RequestOf,
    wait: float,
    *,
    line: str,
    line_class: str,
    level: int = 0,
    domain: str = "",
    gender: str = "",
    familiar: tuple[int, ...] = (),
) -> Wanted:
    """Return what the request wants: its own wishes, else the line's; it gives up ``wait`` seconds after it was made.

    A phone that gives no sign of ringing does not count as one that rings. ``familiar``: whom to prefer, best first.
    """
    return Wanted(
        request.id,
        request.language,
        request.priority,
        request.head,
        request.created_at,
        tuple(request.tried),
        tuple(one for one in request.ringing if one not in request.dead),
        request.first_rung_at,
        until=request.created_at + wait,
        target=request.target,
        level=max(request.level, level),
        domain=request.domain or domain,
        gender=request.gender or gender,
        line=line,
        line_class=line_class,
        familiar=familiar,
        strict=request.strict,
    )
