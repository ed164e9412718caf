"""The dashboard of consent at the desk, for compliance officers."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.portal.consent_dashboard import read_dashboard

SEES = "consent.view_consentrecord"


@require_safe
def consent_dashboard(request: HttpRequest) -> HttpResponse:
    """How many tracks may be used for what, whether the log keeps up, who was told of new terms."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Consent on the whole"),
        "dashboard": read_dashboard(),
    }
    return TemplateResponse(request, "admin/consent/dashboard.html", context)
