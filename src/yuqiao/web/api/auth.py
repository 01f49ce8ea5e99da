"""Who asks by the open interface: bearer tokens (RFC 6750), each for its scopes."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from yuqiao.accounts import tokens
from yuqiao.accounts.models import ApiToken


class Bearer(HttpBearer):
    """A token that is valid and issued for ``scope``; 401 without one, 403 with another."""

    def __init__(self, scope: tokens.Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token of this secret."""
        found = tokens.holder_of(token)
        if found is not None and self.scope not in found.scopes:
            raise HttpError(403, f"This token was not issued for “{self.scope}”.")
        return found


def token_of(request: HttpRequest) -> ApiToken:
    """Return the token by which this request came; for operations behind a `Bearer`."""
    return cast(ApiToken, request.auth)  # type: ignore[attr-defined]
