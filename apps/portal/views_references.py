"""Handing in a reference at the desk: the recording, and what is known of it."""

from pathlib import Path
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from apps.accounts.models import User
from apps.fingerprints.deliveries import FIELDS, deliver_reference
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.models import Reference, ReferenceDelivery
from apps.portal.receiving import AudioFiles, refused_files
from apps.portal.tus import limit_silence

ADDS = "fingerprints.add_reference"
MOST_SHOWN = 20


class DeliveryForm(forms.Form):
    """A recording and what people say of it."""

    file = forms.FileField(label=gettext_lazy("Recording"))
    source = forms.ChoiceField(
        label=gettext_lazy("Source"), choices=Reference.Source.choices, initial="delivery"
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Left empty, it is taken from the file."),
    )
    artist = forms.CharField(label=gettext_lazy("Artist"), required=False, max_length=300)
    owner = forms.CharField(
        label=gettext_lazy("Owner of the rights"), required=False, max_length=200
    )
    isrc = forms.CharField(label="ISRC", required=False, max_length=20)
    rights_note = forms.CharField(
        label=gettext_lazy("Note on the rights"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    no_audio = forms.BooleanField(
        label=gettext_lazy("Keep no copy that reviewers could hear"), required=False
    )


@csrf_exempt  # the token is checked below, once it is settled where the file goes
def deliver(request: HttpRequest) -> HttpResponseBase:
    """The form, and what was handed in lately."""
    if not request.user.has_perm(ADDS):
        raise PermissionDenied
    limit_silence(request)
    request.upload_handlers = [AudioFiles(request)]
    return _page(request)


@csrf_protect
def _page(request: HttpRequest) -> HttpResponse:
    form = DeliveryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _taken(request, form):
        return redirect("reference_deliver")
    rows = ReferenceDelivery.objects.select_related("reference").defer(
        "reference__items", "reference__marks"
    )
    shown = {
        **admin.site.each_context(request),
        "title": _("Add a reference"),
        "opts": Reference._meta,
        "form": form,
        "deliveries": rows.order_by("-created_at")[:MOST_SHOWN],
    }
    status = 400 if form.errors else 200
    return render(request, "admin/fingerprints/deliver.html", shown, status=status)


def _taken(request: HttpRequest, form: DeliveryForm) -> bool:
    for _name, why in refused_files(request):
        form.add_error("file", why)
    if not form.is_valid():
        return False
    told: dict[str, Any] = form.cleaned_data
    file = told["file"]
    try:
        made = deliver_reference(
            path=Path(file.temporary_file_path()),
            name=file.name,
            by=cast(User, request.user),
            source=told["source"],
            words={name: told[name] for name in FIELDS},
            no_audio=told["no_audio"],
        )
    except ReferenceRefusal as refusal:
        form.add_error(None, str(refusal))
        return False
    text = _("Handed in: %(name)s. A worker listens to it; then it is a reference.")
    messages.success(request, text % {"name": made.original_name})
    return True
