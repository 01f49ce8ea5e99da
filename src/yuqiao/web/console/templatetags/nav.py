"""``{% navigation as groups %}``: the pages this reader may open; ``{% emergency_now as one %}``: what lasts."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from yuqiao.accounts.models import Person
from yuqiao.hotline import emergencies
from yuqiao.hotline.models import Emergency
from yuqiao.web.console.nav import groups_for

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: RequestContext) -> list[dict[str, object]]:
    """Return the groups for the reader of this page; none on a page drawn without a request (a fault of ours)."""
    request = context.get("request")
    return groups_for(request) if request is not None else []


@register.simple_tag(takes_context=True)
def emergency_now(context: RequestContext) -> Emergency | None:
    """Return the emergency that lasts, for everybody who is signed in."""
    request = context.get("request")
    return emergencies.current() if isinstance(getattr(request, "user", None), Person) else None
