"""Words of routing: tiers, verdicts, wishes, domains, and the fields of a policy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yuqiao.web.console.words import Words

TIERS: Words = {
    "resident": _("Resident"),
    "remote": _("Remote"),
    "mobile": _("Off shift, own mobile"),
    "volunteer": _("Volunteer"),
    "neighbour": _("Neighbouring city"),
    "none": _("Not covered"),
}
VERDICTS: Words = {
    "chosen": _("rung"),
    "ringing": _("ringing already"),
    "tried": _("tried already"),
    "busy": _("rung elsewhere or on a call"),
    "tier": _("nearer ones first"),
    "promised": _("left to a request before this one"),
    "behind": _("could be rung, but others were better placed"),
    "unread": _("ready, not compared one by one: better placed ones were enough"),
    "unable": _("does not hold both languages"),
    "off_shift": _("off shift, and callbacks disturb nobody at home"),
    "permission": _("not allowed on this line"),
    "rest": _("must rest"),
    "level": _("level too low as yet"),
    "domain": _("not of the domain as yet"),
    "gender": _("not of the gender wished as yet"),
}
WISHES: Words = {
    "permission": _("permission for the line"),
    "rest": _("rest"),
    "level": _("level"),
    "domain": _("domain"),
    "gender": _("gender"),
}
OUTCOMES: Words = {"rung": _("Rung"), "wait": _("Waited"), "nobody": _("Nobody there")}
REASONS: Words = {
    "tried": _("all were tried"),
    "off_hours": _("outside the service hours, nobody signed on"),
    "none": _("nobody who holds the language is on duty"),
}
DOMAINS: Words = {
    "medical": _("Medical"),
    "police": _("Police matters"),
    "legal": _("Legal"),
    "rescue": _("Fire and rescue"),
}
#: Levels that may be asked for: above the least one.
LEVELS: Words = {"2": _("Level 2 or higher"), "3": _("Level 3")}
GENDERS: Words = {"f": _("Woman"), "m": _("Man")}
POSTS: Words = {tier: TIERS[tier] for tier in ("resident", "remote", "volunteer", "neighbour")}
CLASSES: Words = {
    "emergency": _("Emergency lines"),
    "government": _("Government lines"),
    "public": _("Public service lines"),
    "own": _("Own line"),
    "callback": _("Callbacks"),
}
#: The fields of a policy in the order of the page, in groups: name -> what it says.
FIELDS: tuple[tuple[object, Words], ...] = (
    (
        _("Ringing"),
        {
            "ring_first": _("Rung at once"),
            "ring_every": _("Ring more after (s)"),
            "ring_more": _("So many more"),
            "ring_most": _("At most together"),
        },
    ),
    (
        _("Tiers: how long each is rung before the next (s)"),
        {
            "patience_resident": _("Resident"),
            "patience_remote": _("Remote"),
            "patience_mobile": _("Off shift, own mobile"),
            "patience_volunteer": _("Volunteer"),
            "pass_busy": _("Pass by a tier whose people are all taken"),
            "off_duty": _("Those off shift may be rung"),
        },
    ),
    (
        _("Wishes: given up after (s)"),
        {
            "level": _("Least level at first"),
            "level_after": _("Level, one lower each time"),
            "domain_after": _("Domain"),
            "gender_after": _("Gender"),
            "rest_after": _("Rest (empty: never)"),
            "permission_after": _("Permission for the line (empty: never)"),
        },
    ),
    (
        _("Rest"),
        {
            "rest_work_minutes": _("After so many minutes of work"),
            "rest_calls": _("Or so many calls"),
            "rest_pause_minutes": _("Pause of (min)"),
        },
    ),
    (
        _("Order"),
        {
            "prefer_level": _("Higher level before longest idle"),
            "continuity_days": _("Former interpreter preferred for (days)"),
            "point_seconds": _("Head start per point of priority (s)"),
        },
    ),
)
