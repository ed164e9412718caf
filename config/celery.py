"""The Celery app: a wake-up call for workers. Rows are the truth, see docs/architecture.md."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("soundcheck")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.pipeline"])
