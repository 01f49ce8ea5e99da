"""Where a supervisor is rung to listen to calls: her browser, or a phone given once and remembered; and how."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.callback_rules import DIALABLE, contact_for
from yuqiao.hotline.models import FloorManager, MonitorPhone
from yuqiao.lib import phones

#: A SIP URI without parameters and header fields, which could steer more than whom we ring (RFC 3261 19.1.1).
SIP_URI = re.compile(r"sips?:[A-Za-z0-9._+~-]{1,64}@[A-Za-z0-9.\[\]:-]{1,120}", re.ASCII)


class PhoneError(ValueError):
    """Nobody can be rung there; the message says why."""


def browser_name(person: Person) -> str:
    """Return what the telephone in a supervisor's pages is called; an interpreter who supervises has two."""
    return f"staff-{person.pk}"


def browser_of(person: Person) -> str:
    """Return the SIP URI of the telephone in a supervisor's pages; whether one is open, her page knows."""
    return f"sip:{browser_name(person)}@{phones.HOST}"


def phone_of(person: Person) -> str:
    """Return where a supervisor is rung: what she gave, or her phone as a floor manager; empty if neither."""
    given = MonitorPhone.objects.filter(person=person).values_list("contact", flat=True).first()
    return given or FloorManager.objects.filter(person=person).values_list("contact", flat=True).first() or ""


def remember_phone(person: Person, phone: str) -> None:
    """Remember where a supervisor is rung; PhoneError for what can be neither dialled nor rung."""
    phone = phone.strip()
    if not phone.startswith("sip"):
        phone = re.sub(r"[ -]", "", phone)
    if not (DIALABLE.fullmatch(phone) or SIP_URI.fullmatch(phone)):
        raise PhoneError("give a telephone number, or a SIP URI such as sip:9001@exchange.example")
    if phone == phone_of(person):
        return
    with transaction.atomic():
        row, _ = MonitorPhone.objects.update_or_create(person=person, defaults={"contact": phone})
        record(person, "monitor.phone", row, {"sip": not DIALABLE.fullmatch(phone)})


def way_to(phone: str) -> tuple[str, bool]:
    """Return the SIP URI that rings ``phone``, and whether a key is to be pressed first: a number may have a voicemail.

    PhoneError when it is a number and the site has no way to dial any.
    """
    if not phone:
        raise PhoneError("say where you are to be rung")
    if not DIALABLE.fullmatch(phone):
        return phone, phone.partition("@")[2] == settings.OUTBOUND_CONTACT.partition("@")[2]
    contact = contact_for(settings.OUTBOUND_CONTACT, phone)
    if not contact:
        raise PhoneError("numbers cannot be dialled here (YUQIAO_OUTBOUND_CONTACT is empty): give a SIP URI")
    return contact, True
