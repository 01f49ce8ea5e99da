"""``{% navigation as groups %}``: the pages this reader may open."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from yuqiao.web.console.nav import groups_for

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: RequestContext) -> list[dict[str, object]]:
    """Return the groups for the reader of this page; none on a page drawn without a request (a fault of ours)."""
    request = context.get("request")
    return groups_for(request) if request is not None else []
