"""App configuration."""

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """The pipeline app."""

    name = "apps.pipeline"
