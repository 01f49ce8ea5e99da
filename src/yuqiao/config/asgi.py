"""The ASGI application that uvicorn serves: the pages, and the way of their telephones to the media server."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from yuqiao.lib.phones import key_from
from yuqiao.web.phone_relay import PhoneRelay, RelaySettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuqiao.config.settings")
application = PhoneRelay(
    get_asgi_application(),
    RelaySettings(settings.PHONES_URL, key_from(settings.ARI_PASSWORD), settings.CSRF_TRUSTED_ORIGINS),
)
