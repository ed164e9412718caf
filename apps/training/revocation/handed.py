"""What a recipient holds of a case, in the names under which they received it."""

from collections.abc import Iterator

from apps.accounts.batching import batched
from apps.catalogue.models import Track
from apps.training.lines import asset_ref
from apps.training.models import CaseTrack, Disclosure, Notification, SnapshotMember
from apps.training.revocation.reach import CHUNK, snapshots_affected


def lines_for(notification: Notification) -> Iterator[str]:
    """A line for each thing to delete: "dataset UID REF" as in its members file, or "track ID"."""
    mine = Disclosure.objects.filter(recipient=notification.recipient_id)
    got = set(mine.exclude(snapshot=None).values_list("snapshot", flat=True))
    about = CaseTrack.objects.filter(case=notification.case_id).values("track_id")
    for held in snapshots_affected(notification.case):
        if held.snapshot.pk in got:
            members = SnapshotMember.objects.filter(snapshot=held.snapshot, track_id__in=about)
            key = bytes(held.snapshot.ref_key)
            for track in members.order_by("pk").values_list("track_id", flat=True).iterator(CHUNK):
                yield f"dataset {held.snapshot.uid} {asset_ref(key, track)}"
    tracks = mine.filter(track_id__in=about).order_by("track_id").values_list("track_id", flat=True)
    for chunk in batched((key for key in tracks.distinct() if key), CHUNK):
        codes = dict(Track.objects.filter(pk__in=chunk).values_list("pk", "isrc"))
        for key_of in chunk:
            yield f"track {key_of} {codes.get(key_of, '')}".rstrip()
