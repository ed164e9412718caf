"""Addresses of the artists' and labels' site."""

from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="portal/home.html"), name="home"),
    path("", include("apps.portal.urls_files")),
]
