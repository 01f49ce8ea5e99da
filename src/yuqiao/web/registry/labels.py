"""What the registries call models and their fields, in the reader's language: words belong to pages, not to rows.

Django's admin takes column heads and labels from ``verbose_name``. Set here on the loaded models they change no
migration, which is made from what the model itself says (``Field.deconstruct`` reads ``_verbose_name``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from yuqiao.accounts.models import Department, District, JournalEntry, Person
from yuqiao.contracts.models import Supplier
from yuqiao.hotline.models import Agreement, DialledNumber, Line, LineDomain, LineMerger
from yuqiao.languages.models import Term
from yuqiao.workforce.models import Interpreter, ServiceWindow, SpecialDay

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Label: TypeAlias = "_StrPromise"
MODELS: dict[type[Model], Label] = {
    Person: _("Staff and partners"),
    Department: _("Departments"),
    District: _("Districts"),
    JournalEntry: _("Journal"),
    Line: _("Lines"),
    Agreement: _("Agreements"),
    DialledNumber: _("Numbers at which we are dialled"),
    LineMerger: _("Past mergers of lines"),
    LineDomain: _("Domains of lines"),
    Interpreter: _("Interpreters"),
    ServiceWindow: _("Service hours"),
    SpecialDay: _("Holidays and special days"),
    Supplier: _("Suppliers"),
    Term: _("Terms"),
}
#: The applications, as the index groups them.
GROUPS: dict[str, Label] = {
    "accounts": _("People and offices"),
    "contracts": _("Contracts"),
    "hotline": _("Lines"),
    "languages": _("Terms"),
    "workforce": _("Interpreters and hours"),
}
#: Names of fields -> what pages call them; the same name means the same everywhere.
FIELDS: dict[str, Label] = {
    "username": _("User name"),
    "display_name": _("Name shown"),
    "email": _("E-mail address"),
    "interface_language": _("Language of the pages"),
    "department": _("Department"),
    "district": _("District"),
    "is_active": _("May sign in"),
    "last_login": _("Last signed in"),
    "code": _("Code"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "parent": _("Above it"),
    "at": _("When"),
    "actor": _("Who"),
    "action": _("Act"),
    "subject_type": _("Kind of subject"),
    "previous_hash": _("Hash of the entry before"),
    "hash": _("Hash"),
    "number": _("Number"),
    "line": _("Line"),
    "line_class": _("Class"),
    "priority": _("Priority"),
    "recording": _("Recording"),
    "owner": _("Owner"),
    "linked": _("In the city's linkage"),
    "agent_contact": _("Agents' SIP address"),
    "merged_into": _("Merged into"),
    "merged_from": _("Merged from"),
    "merged_until": _("Merged until"),
    "languages": _("Languages its callers often speak"),
    "excludes": _("Its calls must not be about"),
    "domain": _("Domain"),
    "gender": _("Gender"),
    "level": _("Least level"),
    "language": _("Language"),
    "tier": _("Tier"),
    "days": _("Days"),
    "begins": _("Begins"),
    "ends": _("Ends"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "date": _("Date"),
    "counts_as": _("Counts as"),
    "name": _("Name"),
    "university": _("University"),
    "zh": _("Chinese"),
    "foreign": _("Foreign"),
    "source": _("Source of the entry"),
    "role": _("Role"),
    "contact": _("Telephone address"),
    "person": _("Member of staff"),
    "state": _("State"),
    "signed_on": _("Signed on"),
    "way_in": _("Way in"),
    "into": _("Merged into"),
    "since": _("Merged from"),
    "until": _("Merged until"),
}


def apply() -> None:
    """Give models and fields their names on pages."""
    for model, label in MODELS.items():
        model._meta.verbose_name = model._meta.verbose_name_plural = label
        model._meta.app_config.verbose_name = GROUPS[model._meta.app_label]
        for field in model._meta.get_fields():
            if field.name in FIELDS and hasattr(field, "verbose_name"):
                field.verbose_name = FIELDS[field.name]
