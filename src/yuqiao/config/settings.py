"""Django's settings, from the environment only; a wrong value stops the start with a sentence that says what to mend.

Variables: see docs/operations.md. Defaults suit one machine; ``YUQIAO_SECRET_KEY`` has none unless ``YUQIAO_DEBUG=1``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from yuqiao.lib.environment import (
    contact_pattern,
    countries,
    country,
    days_by_class,
    flag,
    networks,
    public_url,
    read,
    role_names,
    sender_names,
    sound_name,
    turn_urls,
    video,
    wall_key,
    websocket_url,
)
from yuqiao.lib.hours import Hours

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(read("YUQIAO_VAR_DIR", str, "var")).resolve()
RECORDINGS_DIR = Path(read("YUQIAO_RECORDINGS_DIR", str, str(VAR_DIR / "recordings"))).resolve()
#: Where evidence is kept, and how large one file of it may be.
EVIDENCE_DIR = Path(read("YUQIAO_EVIDENCE_DIR", str, str(VAR_DIR / "evidence"))).resolve()
EVIDENCE_MOST_MB = read("YUQIAO_EVIDENCE_MOST_MB", int, 100)

DEBUG = read("YUQIAO_DEBUG", flag, default=False)
SECRET_KEY = read("YUQIAO_SECRET_KEY", str, "only-for-development-" + "0" * 40 if DEBUG else None)
ALLOWED_HOSTS = read("YUQIAO_HOSTS", lambda raw: raw.split(","), ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = read("YUQIAO_ORIGINS", lambda raw: raw.split(","), list[str]())

INSTALLED_APPS = [
    # Registries: unfold's pages before those of Django's admin; no site but our own, so nothing is discovered.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "import_export",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "yuqiao.languages",
    "yuqiao.accounts",
    "yuqiao.hooks",
    "yuqiao.workforce",
    "yuqiao.cases",
    "yuqiao.hotline",
    "yuqiao.outreach",
    "yuqiao.contracts",
    "yuqiao.evaluation",
    "yuqiao.web.console",
    "yuqiao.web.citizen",
    "yuqiao.web.registry",
    # After our own pages, whose templates take the place of theirs.
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "yuqiao.web.headers.security_headers",
    "yuqiao.web.compression.Compressed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yuqiao.web.nul.WithoutNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yuqiao.web.console.security.confinement.second_factor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "yuqiao.config.urls"
ASGI_APPLICATION = "yuqiao.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, Any]:
    """SQLite in WAL mode unless DATABASE_URL names PostgreSQL.

    Several processes write to SQLite, so transactions take the write lock when they begin (IMMEDIATE) and wait for it
    instead of failing half-way (https://www.sqlite.org/wal.html).
    """
    url = read("DATABASE_URL", str, f"sqlite:///{VAR_DIR / 'yuqiao.sqlite3'}")
    database: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # Mapped, the figures of a year are read twice as fast; only what is read takes memory. So each connection's
            # own cache holds no more than what a call writes (512 KiB), and is full within the first calls.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            " PRAGMA mmap_size=1073741824; PRAGMA cache_size=-512",
        }
    elif not database["ENGINE"].endswith("postgresql"):
        raise ValueError("DATABASE_URL must begin with sqlite:/// or postgres://")
    return database


DATABASES = {"default": _database()}
#: What is counted and remembered in the memory of one process, about 60 MB a name when full. What strangers ask on
#: public pages is counted apart, so that no flood of theirs throws out the wrong passwords and codes of a name.
CACHES = {
    name: {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": name,
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
    for name in ("default", "public")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("UserAttributeSimilarityValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

#: Whose second factor is obligatory (names of roles; "none": nobody's), and for how many minutes a proof of identity
#: is fresh enough for dangerous acts (0: for ever). For development and demonstrations passwords alone do.
SECOND_FACTOR_ROLES = read(
    "YUQIAO_SECOND_FACTOR_ROLES",
    role_names,
    role_names("none" if DEBUG else "supervisor,project_manager,administrator"),
)
STEP_UP_MINUTES = read("YUQIAO_STEP_UP_MINUTES", int, 0 if DEBUG else 10)
#: The city's own sign-in (OpenID Connect): its issuer, our client there, what the button says, and the claim by which
#: a person is found: email (which the issuer must have verified) or another one that bears our user names.
OIDC_ISSUER = read("YUQIAO_OIDC_ISSUER", public_url, "")
OIDC_NAME = read("YUQIAO_OIDC_NAME", str, "OpenID Connect")
OIDC_CLAIM = read("YUQIAO_OIDC_CLAIM", str, "email")
#: How often one token of the open interface may ask.
API_PER_MINUTE = read("YUQIAO_API_PER_MINUTE", int, 120)
#: Events for partners' systems: whether addresses without TLS are allowed (tests, an intranet), which of our own
#: networks may be sent to besides the public Internet, how long a receiver may take, how long the log is kept.
HOOK_HTTP = read("YUQIAO_HOOK_HTTP", flag, default=False)
HOOK_NETWORKS = read("YUQIAO_HOOK_NETWORKS", networks, networks(""))
HOOK_TIMEOUT_SECONDS = read("YUQIAO_HOOK_TIMEOUT_SECONDS", int, 10)
HOOK_LOG_DAYS = read("YUQIAO_HOOK_LOG_DAYS", int, 30)
#: django-allauth: no accounts made from outside, no mail, factors sealed (web/console/security).
ACCOUNT_ADAPTER = "yuqiao.web.console.security.adapters.PeopleAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = (STEP_UP_MINUTES or 10) * 60
ACCOUNT_USER_DISPLAY = str
MFA_ADAPTER = "yuqiao.web.console.security.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # phones' clocks go wrong by seconds (RFC 6238, 5.2)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost with a port
SOCIALACCOUNT_ADAPTER = "yuqiao.web.console.security.city.CityAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
#: By a link: a form would be stopped by our form-action where the issuer answers; state and PKCE tie answer to browser.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": OIDC_NAME,
                "client_id": read("YUQIAO_OIDC_CLIENT", str, None if OIDC_ISSUER else "unused"),
                "secret": read("YUQIAO_OIDC_SECRET", str, None if OIDC_ISSUER else "unused"),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
IMPORT_EXPORT_USE_TRANSACTIONS = True
#: The registries' shades of our accent (console/style.css), from the lightest to the darkest.
_TEAL = (
    (50, "#f0f9fb"), (100, "#d8eff4"), (200, "#b3dfe8"), (300, "#83c8d6"), (400, "#57b8cc"), (500, "#1f8ea6"),
    (600, "#0d6478"), (700, "#0b5365"), (800, "#0c4453"), (900, "#0d3946"), (950, "#06242d"),
)  # fmt: skip
UNFOLD = {
    "SITE_TITLE": "语桥 Yuqiao",
    "SITE_HEADER": "语桥 Yuqiao",
    "SITE_URL": "/",
    "SITE_ICON": "/static/console/mark.svg",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/console/mark.svg"}],
    "SHOW_LANGUAGES": False,
    "STYLES": ["/static/console/registry.css"],
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": {str(step): shade for step, shade in _TEAL}},
    "COMMAND": {"search_models": False, "show_history": False},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "evidence": {
        "BACKEND": "yuqiao.evaluation.evidence_files.KeptOnce",
        "OPTIONS": {"location": str(EVIDENCE_DIR), "base_url": None},
    },
}
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the package itself: nothing to collect
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
#: 1 where browsers reach us by HTTPS only (a proxy in front): cookies then travel no other way.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = read("YUQIAO_HTTPS", flag, default=False)
SESSION_COOKIE_AGE = 14 * 3600  # a long shift; then one signs in again

#: How the call server reaches the media engine, and what it asks of it.
ARI_URL = read("YUQIAO_ARI_URL", str, "http://127.0.0.1:8088/ari")
ARI_USER = read("YUQIAO_ARI_USER", str, "yuqiao")
ARI_PASSWORD = read("YUQIAO_ARI_PASSWORD", str, "only-for-development" if DEBUG else None)
ARI_APP = read("YUQIAO_ARI_APP", str, "yuqiao")
#: Where the web process hands on what pages' telephones say: the media server's YUQIAO_PHONES_LISTEN.
PHONES_URL = read("YUQIAO_PHONES_URL", websocket_url, "ws://127.0.0.1:8089/sip")
#: Whether citizens who call from the page may show themselves and see the interpreter (a pilot): off, on, or relay:
#: then the two never learn each other's addresses. Relays (coturn) for those who do not reach each other directly.
VIDEO = read("YUQIAO_VIDEO", video, "off")
TURN_URLS = read("YUQIAO_TURN_URLS", turn_urls, None if VIDEO == "relay" else list[str]())
TURN_SECRET = read("YUQIAO_TURN_SECRET", str, None if TURN_URLS else "unused")
CALLBACK_WITHIN_MINUTES = read("YUQIAO_CALLBACK_WITHIN_MINUTES", int, 30)
#: When callers may be called back, in the city's time; emergency lines call back at any hour.
CALLBACK_HOURS = read("YUQIAO_CALLBACK_HOURS", Hours.parse, Hours.parse("08:00-21:00"))
#: Where we are (ISO 3166-1, two letters), and to which countries strangers may ask on a public page to be called back.
COUNTRY = read("YUQIAO_COUNTRY", country, "CN")
CALLBACK_COUNTRIES = read("YUQIAO_CALLBACK_COUNTRIES", countries, [COUNTRY])
CALLBACK_ATTEMPTS = read("YUQIAO_CALLBACK_ATTEMPTS", int, 4)
#: Between the first attempt and the second; each later pause is twice as long.
CALLBACK_PAUSE_SECONDS = read("YUQIAO_CALLBACK_PAUSE_SECONDS", int, 300)
#: Calls that somebody arranged: how often and how far apart they are tried, until when, and when everybody is reminded.
SCHEDULED_ATTEMPTS = read("YUQIAO_SCHEDULED_ATTEMPTS", int, 3)
SCHEDULED_PAUSE_SECONDS = read("YUQIAO_SCHEDULED_PAUSE_SECONDS", int, 120)
SCHEDULED_LATEST_MINUTES = read("YUQIAO_SCHEDULED_LATEST_MINUTES", int, 45)
SCHEDULED_REMIND_MINUTES = read("YUQIAO_SCHEDULED_REMIND_MINUTES", int, 15)
#: Where a caller is rung, such as sip:{number}@trunk.example; empty: callbacks are listed and made by hand.
OUTBOUND_CONTACT = read("YUQIAO_OUTBOUND_CONTACT", contact_pattern, "")
#: A speech engine that suggests the language of a caller who is to choose (engines/speech/http.py); empty: none.
SPEECH_URL = read("YUQIAO_SPEECH_URL", str, "")
#: The address at which the call server takes the caller's voice from the media server; in memory only.
SPEECH_LISTEN = read("YUQIAO_SPEECH_LISTEN", str, "127.0.0.1")
ARI_ENDPOINT = read("YUQIAO_ARI_ENDPOINT", str, "PJSIP/yuqiao/{contact}")
WAIT_SECONDS = read("YUQIAO_WAIT_SECONDS", int, 45)
#: How long a caller has to press a key after the question how the service was.
SURVEY_SECONDS = read("YUQIAO_SURVEY_SECONDS", int, 5)
RING_SECONDS = read("YUQIAO_RING_SECONDS", int, 20)
#: From picking up a mobile to pressing 1, else it is taken for a voicemail; and how long a phone may give no sign of
#: ringing until the next one is rung beside it.
CONFIRM_SECONDS = read("YUQIAO_CONFIRM_SECONDS", int, 8)
DEAD_PHONE_SECONDS = read("YUQIAO_DEAD_PHONE_SECONDS", int, 3)
#: How often a caller who waits alone is asked to stay, in seconds; and what plays in between: a sound below
#: YUQIAO_SOUNDS_DIR without its ending, such as music/guzheng; empty: a ringing tone.
WAITING_PROMPT_SECONDS = read("YUQIAO_WAITING_PROMPT_SECONDS", int, 12)
WAITING_MUSIC = read("YUQIAO_WAITING_MUSIC", sound_name, "")
#: How long an interpreter who answered may be told language and line before she joins; 0: she joins at once.
BRIEFING_SECONDS = read("YUQIAO_BRIEFING_SECONDS", float, 0.0)
#: Whether the others hear a tone when a supervisor joins a running call.
BARGE_ANNOUNCED = read("YUQIAO_BARGE_ANNOUNCED", flag, default=False)
#: How long raw segments are kept after the finished tracks were proved; 0: no longer; below 0: for ever.
RAW_RECORDINGS_DAYS = read("YUQIAO_RAW_RECORDINGS_DAYS", int, 30)
#: For how many days after its call a recording is kept, by class of line; "": every other class; below 0: for ever.
#: Three years: as long as most claims may be brought to a court (Civil Code, article 188).
RECORDINGS_DAYS = read("YUQIAO_RECORDINGS_DAYS", days_by_class, {"": 3 * 365})
#: For how many days after a call its interpreter may hear its recording; 0: she may not.
OWN_RECORDINGS_DAYS = read("YUQIAO_OWN_RECORDINGS_DAYS", int, 0)
#: How often a tone reminds the interpreter that the recording is paused.
RECORDING_PAUSE_SECONDS = read("YUQIAO_RECORDING_PAUSE_SECONDS", int, 180)
WRAP_UP_SECONDS = read("YUQIAO_WRAP_UP_SECONDS", int, 20)
#: She who is filling in the wrap-up form stays in wrap-up, so long at most.
WRAP_UP_LIMIT_SECONDS = read("YUQIAO_WRAP_UP_LIMIT_SECONDS", int, 300)

#: How messages leave: names of `hotline.senders.SENDERS` in the order of preference; none: no messages.
MESSAGE_SENDERS = read("YUQIAO_MESSAGE_SENDERS", sender_names, list[str]())
#: The key of big screens that nobody signs in at (/board/wall/enter/?key=…); changed, all are shut. Empty: none.
WALL_KEY = read("YUQIAO_WALL_KEY", wall_key, "")
#: When messages may leave, in the city's time; how often one is tried, and the first pause, which doubles each time.
MESSAGE_HOURS = read("YUQIAO_MESSAGE_HOURS", Hours.parse, Hours.parse("09:00-20:00"))
MESSAGE_ATTEMPTS = read("YUQIAO_MESSAGE_ATTEMPTS", int, 5)
MESSAGE_PAUSE_SECONDS = read("YUQIAO_MESSAGE_PAUSE_SECONDS", int, 60)
#: Where citizens reach the public pages, and how long a link to rate a call is good.
PUBLIC_URL = read("YUQIAO_PUBLIC_URL", public_url, "http://127.0.0.1:8000")
#: How long the decisions of routing (whom to ring, and why) are kept.
DECISIONS_DAYS = read("YUQIAO_DECISIONS_DAYS", int, 365)
SURVEY_LINK_DAYS = read("YUQIAO_SURVEY_LINK_DAYS", int, 7)
#: The SMS gateway: one POST for each message; {number}, {text}, {key} and {secret} are filled in.
SMS_URL = read("YUQIAO_SMS_URL", public_url, None if "sms" in MESSAGE_SENDERS else "http://127.0.0.1/")
SMS_BODY = read("YUQIAO_SMS_BODY", str, '{"to": "{number}", "text": "{text}"}')
SMS_AUTHORIZATION = read("YUQIAO_SMS_AUTHORIZATION", str, "Bearer {secret}")
SMS_SECRET = read("YUQIAO_SMS_SECRET", str, None if "sms" in MESSAGE_SENDERS else "unused")
#: The mail server, such as smtp+tls://name:password@mail.example:587, and who writes.
_MAIL_URL = read("YUQIAO_SMTP_URL", str, None if "email" in MESSAGE_SENDERS else "dummymail://")
globals().update(environ.Env.email_url_config(_MAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = read("YUQIAO_MAIL_FROM", str, "yuqiao@localhost")

#: Everything goes to standard error, in production too (Django would mail it to nobody there).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO"}},
}
