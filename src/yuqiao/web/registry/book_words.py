"""The sentence of each fault a table can have, beside those of lines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yuqiao.lib.tables import Fault
from yuqiao.web.console import line_words
from yuqiao.web.console.words import Words, word

FAULTS: Words = {
    **line_words.FAULTS,
    "too_many_rows": _("The table has more rows or columns than a registry can be."),
    "split_it": _("The table is too large to be looked at in one piece; divide it into two files."),
    "unknown_district": _("There is no district of code “{text}”."),
    "bad_username": _("“{text}” is no user name; letters, digits and @ . + - _ only."),
    "bad_email": _("This is no e-mail address."),
    "unknown_page_language": _("Pages are in 中文 or 英文, not in “{text}”."),
    "unknown_role": _("There is no role “{text}”."),
    "line_for_agents": _("“{text}”: only a hotline agent has a line, as in 话务员:12345."),
    "unknown_person": _("Nobody signs in as “{text}”; enter the person first."),
    "seat_taken": _("This person has the seat {text} already."),
    "seat_stays": _("This seat is {text}'s, and its calls are; give a new number."),
    "not_a_level": _("“{text}”: a level is 1, 2 or 3, as in en:3."),
    "unknown_domain": _("There is no domain “{text}”."),
    "profile_tier": _("There is no such post."),
    "profile_gender": _("Write 女 or 男, or nothing."),
    "profile_domains": _("Few codes, without percent signs or underscores."),
    "profile_only_lines": _("Few codes, without percent signs or underscores."),
    "profile_barred_lines": _("Few codes, without percent signs or underscores."),
    "profile_mobile": _("Write it as a SIP URI, such as sip:13800000000@trunk."),
    "profile_mobile_days": _("Say on which days she may be rung at home."),
    "profile_mobile_begins": _("These are no times of the day."),
    "unknown_tier": _("Write 常驻 or 紧急远程, not “{text}”."),
    "not_days": _("Name at least one day: Monday 1 to Sunday 7, H for public holidays, as in 12345."),
    "window_ended": _("It ends on {text} already and can only end earlier; for longer hours enter another window."),
    "unknown_gender": _("Write 女 or 男, or nothing."),
    "level_range": _("A level is 1, 2 or 3, not {text}."),
    "unknown_kind_of_day": _("Write 周一 to 周日, or 法定节假日."),
    "yourself": _("Nobody takes her own way in by a table."),
}


def sentence(fault: Fault) -> str:
    """Return what is wrong, in the reader's language."""
    said = word(FAULTS, fault.code)
    for name, value in fault.facts:
        said = said.replace("{" + name + "}", value)
    return said
