"""Every address of the site: the admin, sign-in, and the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("apps.portal.urls")),
]

handler500 = "apps.portal.views_errors.server_error"
