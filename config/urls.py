"""Every address of the site: the admin, sign-in, and the portal."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.defaults import page_not_found

from apps.portal import views_references
from apps.portal.views_dashboard import consent_dashboard


def no_shortcut(request: HttpRequest, rest: str) -> HttpResponse:
    """The admin's “view on site” shortcut; none of our rows has such a page."""
    return page_not_found(request, LookupError(rest))


urlpatterns = [
    path("admin/r/<path:rest>", no_shortcut),
    path(
        "admin/consent/dashboard/",
        admin.site.admin_view(consent_dashboard),
        name="consent_dashboard",
    ),
    path("admin/training/", include("apps.portal.urls_training")),
    path(
        "admin/fingerprints/reference/deliver/",
        admin.site.admin_view(views_references.deliver),
        name="reference_deliver",
    ),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("apps.portal.urls")),
]

handler500 = "apps.portal.views_errors.server_error"
