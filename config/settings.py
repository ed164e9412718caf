"""All settings. Everything that differs between places comes from the environment."""

import secrets
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- Core ---
DEBUG = env.bool("DEBUG", default=False)
EMBEDDED = env.bool("EMBEDDED", default=True)  # one machine, plain HTTP, no service beside it
DATA_DIR = Path(env("SOUNDCHECK_DATA", default=str(BASE_DIR / "var")))
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
SITE_NAME = "Soundcheck"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _secret_key() -> str:
    """The key from the environment; the embedded default makes one and keeps it in its data."""
    if key := env("SECRET_KEY", default=""):
        return str(key)
    if not EMBEDDED:
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text.")
    return _kept_secret(DATA_DIR / "secret-key")


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(50))
            path.chmod(0o600)
        except FileExistsError:  # another process was first
            pass
    return path.read_text("ascii").strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])


def _voice_master_key() -> str:
    """What the keys of enrolled voices are wrapped with; "" means that no voice can be read."""
    if (key := env("VOICE_MASTER_KEY", default="")) or not EMBEDDED:
        return str(key)
    return _kept_secret(DATA_DIR / "voice-master-key")


VOICE_MASTER_KEY = _voice_master_key()
VOICE_MASTER_KEY_FALLBACKS = env.list("VOICE_MASTER_KEY_FALLBACKS", default=[])


def _feature_key(zone: str) -> str:
    """What the keys of a zone's features are sealed with; "" closes the zone to this process."""
    if zone not in FEATURE_ZONES:
        return ""
    if (key := env(f"FEATURE_KEY_{zone.upper()}", default="")) or not EMBEDDED:
        return str(key)
    return _kept_secret(DATA_DIR / f"feature-key-{zone}")


# --- Features: a key for each zone. A worker that is not to read a zone is not given its key. ---
FEATURE_ZONES = env.list("FEATURE_ZONES", default=["ops", "gen", "share"])
FEATURE_KEY_OPS = _feature_key("ops")
FEATURE_KEY_GEN = _feature_key("gen")
FEATURE_KEY_SHARE = _feature_key("share")
FEATURE_KEY_OPS_FALLBACKS = env.list("FEATURE_KEY_OPS_FALLBACKS", default=[])
FEATURE_KEY_GEN_FALLBACKS = env.list("FEATURE_KEY_GEN_FALLBACKS", default=[])
FEATURE_KEY_SHARE_FALLBACKS = env.list("FEATURE_KEY_SHARE_FALLBACKS", default=[])
GATE_TOKEN_S = env.int("GATE_TOKEN_S", default=900)  # how long a purpose lasts; 900 at most
GATE_LEDGER_LAG_S = env.int("GATE_LEDGER_LAG_S", default=60)  # nothing opens while the log is late


def _pseudonym_key() -> str:
    """What accounts are named by in the ledger. Not in the database, and the same everywhere."""
    if key := env("LEDGER_PSEUDONYM_KEY", default=""):
        return str(key)
    if not EMBEDDED:
        raise ImproperlyConfigured("Set LEDGER_PSEUDONYM_KEY to a long random text.")
    return _kept_secret(DATA_DIR / "ledger-pseudonym-key")


# --- The ledger: what signs it, and the last signed checkpoint, kept outside the database ---
LEDGER_PSEUDONYM_KEY = _pseudonym_key()
LEDGER_ORIGIN = env("LEDGER_ORIGIN", default="soundcheck/ledger")  # the name of the log, for ever
LEDGER_KEY = env("LEDGER_KEY", default="")  # PRIVATE+KEY+…; otherwise the file
LEDGER_KEY_FILE = Path(env("LEDGER_KEY_FILE", default=str(DATA_DIR / "ledger-key")))
LEDGER_HEAD = Path(env("LEDGER_HEAD", default=str(DATA_DIR / "ledger-head")))
LEDGER_RETIRED_KEYS = env.list("LEDGER_RETIRED_KEYS", default=[])  # vkeys of earlier keys
LEDGER_EVERY_S = env.float("LEDGER_EVERY_S", default=3.0)

INSTALLED_APPS = [
    "apps.accounts",
    "apps.audit",
    "apps.catalogue",
    "apps.consent",
    "apps.registry",
    "apps.fingerprints",
    "apps.screening",
    "apps.policy",
    "apps.review",
    "apps.training",
    "apps.exports",
    "apps.pipeline",
    "apps.portal",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "apps.portal.head.drop_body_of_head",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database: SQLite by default, PostgreSQL by DATABASE_URL ---
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'soundcheck.db'}")}
_database = DATABASES["default"]
_database["CONN_HEALTH_CHECKS"] = True
if _database["ENGINE"].endswith("sqlite3"):
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _database["TEST"] = {"NAME": DATA_DIR / "test.db"}
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON;"  # a deleted voice is overwritten, not only forgotten
        ),
    }
else:
    _database["CONN_MAX_AGE"] = 60
    # A process that stands still inside a transaction does not keep its rows for ever.
    _database.setdefault("OPTIONS", {}).setdefault(
        "options", "-c idle_in_transaction_session_timeout=60000"
    )

# SQLite leaves the further columns of an index out; PostgreSQL answers from them alone.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

# --- Files ---
_local_files = "django.core.files.storage.FileSystemStorage"


def _private(folder: str) -> dict[str, Any]:
    """A place for files that nobody reaches but through our own views."""
    location = DATA_DIR / "files" / folder
    return {
        "BACKEND": _local_files,
        "OPTIONS": {"location": location, "base_url": None, "file_permissions_mode": 0o600},
    }


def _zone(zone: str) -> dict[str, Any]:
    """Where the sealed features of a zone lie; on a disk of its own where one is named."""
    found = _private(f"features-{zone}")
    if place := env(f"FEATURE_DIR_{zone.upper()}", default=""):
        found["OPTIONS"] = {**found["OPTIONS"], "location": Path(place)}
    return found


STORAGES = {
    "default": _private("other"),
    "originals": _private("originals"),
    "renditions": _private("renditions"),
    "proofs": _private("proofs"),
    "exports": _private("exports"),
    "voices": _private("voices"),  # encrypted stems, until a worker has listened to them
    "references": _private("references"),  # what of recordings from outside is kept to be heard
    "datasets": _private("datasets"),  # members and descriptors of sealed snapshots
    "features_ops": _zone("ops"),  # read and written by apps/consent/zones.py alone
    "features_gen": _zone("gen"),
    "features_share": _zone("share"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Of references from which sources a small copy is kept, so that reviewers can hear what matched.
REFERENCE_AUDIO = env.list("REFERENCE_AUDIO", default=["catalogue", "delivery", "takedown"])
# In how many parts the index of prints lies, and which of them this host has: 0, 1, …; no number on
# a host that only asks (docs/operations.md).
PRINT_SHARDS = env.int("PRINT_SHARDS", default=1)
PRINT_SHARD = env.int("PRINT_SHARD", default=None)
if PRINT_SHARDS < 1 or PRINT_SHARD not in (None, *range(PRINT_SHARDS)):
    raise ImproperlyConfigured("PRINT_SHARD is one of the PRINT_SHARDS parts, counted from 0.")
PRINT_INDEX_DIR = env("PRINT_INDEX_DIR", default=str(DATA_DIR / "print-index"))  # can be lost
# A part that recordings of so many rights holders have is common material, such as a loop that
# anybody can buy: ten who know nothing of each other do not share an exclusive recording by chance.
# A match compares at most 30 places, so more than that could not be counted.
COMMON_MATERIAL_AT = env.int("COMMON_MATERIAL_AT", default=10)
UPLOAD_DIR = DATA_DIR / "uploads"  # unfinished uploads, on the web host
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["apps.portal.receiving.SmallFiles"]  # Django limits no file by itself
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
MAX_AUDIO_BYTES = env.int("MAX_AUDIO_BYTES", default=2 * 1024**3)
MAX_PROOF_BYTES = env.int("MAX_PROOF_BYTES", default=20 * 1024**2)
UPLOAD_BYTES_PER_DAY = env.int("UPLOAD_BYTES_PER_DAY", default=20 * 1024**3)
UPLOADS_PER_DAY = env.int("UPLOADS_PER_DAY", default=200)

# --- Queue: the embedded default uses files; REDIS or RabbitMQ by BROKER_URL ---
QUEUE_DIR = DATA_DIR / "queue"
BROKER_URL = env("BROKER_URL", default="")
CELERY_BROKER_URL = BROKER_URL or "filesystem://localhost//"
if not BROKER_URL:
    CELERY_BROKER_TRANSPORT = "apps.pipeline.filebroker:Transport"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1700
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
        "socket_connect_timeout": CELERY_BROKER_CONNECTION_TIMEOUT,
        # One more try at once, then the sweep rings later: nobody waits at a form for a broker.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
    if BROKER_URL
    else {"folder": str(QUEUE_DIR), "polling_interval": 0.1}
)
RUN_LEASE_S = env.float("RUN_LEASE_S", default=60.0)
RUN_MAX_ATTEMPTS = 3
SWEEP_EVERY_S = env.float("SWEEP_EVERY_S", default=15.0)

# --- Review: a person answers within this many working days, at this hour ---
REVIEW_WORKING_DAYS = env.int("REVIEW_WORKING_DAYS", default=2)
REVIEW_DUE_HOUR = env.int("REVIEW_DUE_HOUR", default=17)
REVIEW_TIME_ZONE = env("REVIEW_TIME_ZONE", default="UTC")
REVIEW_HOLIDAYS = env.list("REVIEW_HOLIDAYS", default=[])  # ISO dates
REVIEW_CLAIM_MINUTES = env.int("REVIEW_CLAIM_MINUTES", default=20)

# --- People ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "apps.accounts.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = env("EMAIL_VERIFICATION", default="optional")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]

# --- Security ---
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MEDIA_LINK_SECONDS = 300
if not EMBEDDED:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Mail: files in the embedded default, SMTP by EMAIL_URL ---
_email = env.email_url("EMAIL_URL", default=f"filemail://{DATA_DIR / 'mail'}")
vars().update(_email)
if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Soundcheck <clearance@localhost>")

# --- Who runs this site, for receipts: whoever answers for what is done with uploads ---
OPERATOR_NAME = env("OPERATOR_NAME", default=SITE_NAME)
OPERATOR_ADDRESS = env("OPERATOR_ADDRESS", default=SITE_URL)
OPERATOR_CONTACT = env("OPERATOR_CONTACT", default=DEFAULT_FROM_EMAIL)
OPERATOR_STORAGE = env("OPERATOR_STORAGE", default="")  # countries where uploads lie
TERMS_NOTICE_DAYS = env.int("TERMS_NOTICE_DAYS", default=30)  # how long before wider terms begin

# --- Training: how fresh what a dataset and a training run rest on has to be ---
SNAPSHOT_CHECKPOINT_S = env.int("SNAPSHOT_CHECKPOINT_S", default=600)  # the newest checkpoint
TRAINING_SNAPSHOT_HOURS = env.int("TRAINING_SNAPSHOT_HOURS", default=72)  # when training begins

# --- Language and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Logs ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
    # Our own line about a run says more than Celery's two about its message.
    "loggers": {
        name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy")
    },
}
