"""Django's settings, read from the environment (docs/settings.md lists every one)."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

from beffroi import env
from beffroi.lib import keys

PACKAGE = Path(__file__).parent
DEMO = env.flag("BEFFROI_DEMO")
HOME = env.path("BEFFROI_HOME", Path("var"))
"""Where this machine keeps what is not in the database: keys, static files, the demo's sinks."""
BASE_URL = env.text("BEFFROI_URL", "http://localhost:8000").rstrip("/")


def secret() -> str:
    """The key of sessions and forms, from the key files; a random one where there are none yet, which opens nothing
    later."""
    return keys.current().django if keys.folder().exists() else secrets.token_hex(32)


SECRET_KEY = secret()
DEBUG = False
ALLOWED_HOSTS = env.words("BEFFROI_HOSTS", "localhost")
USE_X_FORWARDED_HOST = False
ROOT_URLCONF = "beffroi.urls"
ASGI_APPLICATION = "beffroi.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"


PATIENCE: Final = {
    "connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}  # fmt: skip
"""A server that vanished (no word, as when a cable is cut) is noticed in seconds (the last in ms), not in hours."""


def database(url: str) -> dict[str, Any]:
    """Django's form of a libpq URL; an empty one names no server, so that commands without a database can start."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 0,  # each request has a thread of its own: nobody would use what it leaves open
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": PATIENCE,
    }


def digest(tree: Path) -> str:
    """A short digest of every file under a folder."""
    whole = hashlib.sha256()
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(tree).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]


CACHES = {"default": {"BACKEND": "beffroi.people.cache.Marks"}}
DATABASES = {"default": database(env.text("DATABASE_URL")), "owner": database(env.text("DATABASE_OWNER_URL"))}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "beffroi.places",
    "beffroi.people",
    "beffroi.calls",
    "beffroi.audience",
    "beffroi.delivery",
    "beffroi.crisis",
    "beffroi.web",
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "beffroi.web.language.choose",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "beffroi.web.problems.answer",
    "allauth.account.middleware.AccountMiddleware",  # last: it asks for the second factor again before an error is told
]
"""Body limit, rate limit, security headers and published bytes come before Django: web/guard.py and web/front.py."""

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "beffroi.web.frame.context",
            ],
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("ca", "Valencià"), ("fr", "Français")]
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_TREE = PACKAGE / "web" / "static"
STATIC_URL = f"/static/{digest(STATIC_TREE)}/"
"""The digest is in the address, so that browsers may keep every file for ever (web/front.py serves them from
memory)."""
FORMAT_MODULE_PATH = "beffroi.web.formats"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https:")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "beffroi.web.problems.forged"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024  # a CAP message may have 5 MB; web/guard.py stops larger bodies first

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "beffroi.web.door.StaffDoor"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "beffroi.people.factors.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "beffroi.web.staff.codes.CodeForm",
    "authenticate_webauthn": "beffroi.web.staff.codes.PasskeyForm",
}
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a touch alone would open an unlocked desk to whoever sits down at it
MFA_TOTP_ISSUER = "Beffroi"

OIDC_URL = env.text("BEFFROI_OIDC_URL")
"""The city's directory (OpenID Connect), by its own name; empty for none."""
OIDC_CLIENT, OIDC_SECRET = env.text("BEFFROI_OIDC_CLIENT"), env.text("BEFFROI_OIDC_SECRET")
OIDC_SECOND_FACTOR = env.words("BEFFROI_OIDC_SECOND_FACTOR")
if OIDC_URL and not (OIDC_URL.startswith("https://") and OIDC_CLIENT and OIDC_SECRET):
    raise env.BadSetting(name="BEFFROI_OIDC_URL", value=OIDC_URL)

SMTP_URL = env.text("BEFFROI_SMTP", "smtp://localhost:25")
MAIL_FROM = env.text("BEFFROI_MAIL_FROM")
PUSH_HOSTS = env.words("BEFFROI_PUSH_HOSTS")
OPEN_HOSTS = env.words(
    "BEFFROI_OPEN_HOSTS"
)  # exempt from the private-address rule: the demo's and the tests' own sinks
CA_FILE = env.text("BEFFROI_CA_FILE")

PROCRASTINATE_IMPORT_PATHS = ["beffroi.ops.tasks"]
PROCRASTINATE_DATABASE_ALIAS = "default"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("BEFFROI_LOG", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},  # it tells of every stroke of the clock
        "beffroi.access": {"level": "WARNING" if DEMO else "INFO"},
    },
}
