"""Passkeys in a real Chromium with its own virtual authenticator: set one up, sign in with it, nothing else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Site, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def door(site: Site) -> str:
    """The site under a name, because passkeys belong to names (WebAuthn level 2, 5.1.2)."""
    return f"http://localhost:{site.port}"


def give_authenticator(page: Page) -> None:
    """Give the browser an authenticator that knows its user (Chrome DevTools Protocol, WebAuthn domain)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_in(page: Page, door: str) -> None:
    page.goto(f"{door}/sign-in/")
    page.get_by_label("User name").fill("wang")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def actions(person: Person) -> list[str]:
    return list(JournalEntry.objects.filter(subject_id=str(person.pk)).order_by("id").values_list("action", flat=True))


def test_a_passkey_takes_the_place_of_password_and_code(door: str, site: Site, visitor: Visitor) -> None:
    site.stop()
    site.start(YUQIAO_SECOND_FACTOR_ROLES="supervisor", YUQIAO_STEP_UP_MINUTES="10")
    wang = cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    Person.objects.filter(pk=wang.pk).update(interface_language="en")
    page = visitor.context.new_page()
    give_authenticator(page)

    sign_in(page, door)
    expect(page.get_by_role("alert")).to_contain_text("Your role asks for a second factor")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call it").fill("Laptop at the desk")
    page.wait_for_load_state()  # modules run before that, and a click before them is the form's own
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator(".ways")).to_contain_text("Laptop at the desk")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".who")).to_be_visible()
    expect(page).to_have_url(f"{door}/board/")
    assert JournalEntry.objects.filter(action="person.sign_in").latest("id").detail == {"with": ["webauthn"]}

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, door)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{door}/board/")
    assert JournalEntry.objects.filter(action="person.sign_in").latest("id").detail == {
        "with": ["password", "webauthn"]
    }

    page.goto(f"{door}/security/")
    page.get_by_role("link", name="Remove passkey Laptop at the desk").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("alert")).to_contain_text("Your role asks for a second factor")
    assert actions(wang).count("factor.remove") == 2, "the recovery codes stayed behind"
    assert visitor.problems == []


def test_a_passkey_that_fails_says_so_and_leaves_the_door_as_it_was(door: str, visitor: Visitor) -> None:
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    page = visitor.context.new_page()
    give_authenticator(page)
    page.goto(f"{door}/sign-in/")
    page.route("**/security/passkeys/sign-in/", lambda route: route.abort())
    page.wait_for_load_state()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-trouble]")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
    assert JournalEntry.objects.filter(action="person.sign_in").count() == 0
