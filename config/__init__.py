"""The project's settings. The Celery app is imported so that `send_task` uses its broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
