"""What the case page asks for while it is open: renewed claims, fresh links, proofs."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.review.case_page import run_results
from apps.review.claim import renew_claim
from apps.review.errors import DeskRefusal
from apps.review.evidence import exhibits
from apps.review.matches import recordings
from apps.review.models import Case
from apps.review.others import matched_tracks, others_of, with_names
from apps.review.pages import on_case


@require_POST
@on_case
def renew(request: HttpRequest, user: User, case: Case) -> JsonResponse:
    """The heartbeat of an open page. 409 with a sentence where the claim is lost."""
    try:
        renew_claim(case=case, by=user)
    except DeskRefusal as refusal:
        return JsonResponse({"lost": str(refusal)}, status=409)
    until = case.claimed_until
    return JsonResponse({"until": until.isoformat() if until else None, "version": case.version})


@on_case
def sound(request: HttpRequest, user: User, case: Case) -> JsonResponse:
    """Fresh links for the player: those on the page run out."""
    results = run_results(case.decision)
    found = (finding for result in results for finding in result.findings.all())
    shown = recordings(exhibits(found, case.decision))
    rows = with_names(Track.objects.filter(matched_tracks(shown)))
    others, own = others_of(shown, case.decision.audio, user, rows)
    told = {one.found.key: one.links.audio for one in others if one.links.audio}
    return JsonResponse({"audio": own.audio, "others": told})


@on_case
def proof(request: HttpRequest, user: User, case: Case, proof: UUID) -> HttpResponseBase:
    """A proof that the artist sent, to save and open with care: never shown inside our pages."""
    row = get_object_or_404(case.track.proofs, pk=proof)
    try:
        file = row.file.open("rb")
    except OSError:
        return HttpResponse(
            _("This file is missing from our storage. It is our fault."), status=404
        )
    response = FileResponse(
        file,
        as_attachment=True,
        filename=row.original_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
