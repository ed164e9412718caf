"""What anybody may read of the register of voices: how long what is kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.registry.enrolled.release_text import VERSION, release_text
from apps.registry.enrolled.steps import register


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """The retention schedule in plain words, and the text of the release."""
    shown = {"register": register(), "release": release_text(VERSION, settings.SITE_NAME)}
    return render(request, "portal/voice_retention.html", shown)
