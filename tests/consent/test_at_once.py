"""Many who speak at once about the music of one holder."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.consent.errors import ConsentError
from apps.consent.models import ConsentEvent, Party
from apps.consent.projection import find_differences, settle
from apps.consent.reservations import reserve_no_ai
from tests.consent.saying import SUGGEST, TRAIN, lift, say_yes, take_back
from tests.factories import TrackFactory


@pytest.mark.django_db(transaction=True)
def test_states_are_those_of_the_ledger_whoever_was_first() -> None:
    keys.make_key()
    track = TrackFactory(answers={"label_licensed": False})
    artist = track.release.owner
    say_yes(artist, track)
    sequence_pending()  # the log has begun: its first head is written
    acts = [
        lambda: say_yes(artist, track),
        lambda: take_back(artist, artist),
        lambda: lift(artist, track),
        lambda: say_yes(artist, track, TRAIN),
        lambda: reserve_no_ai(by=artist, of=artist),
        lambda: take_back(artist, track, SUGGEST),
        lambda: (sequence_pending(), settle()),
    ]

    def go(number: int) -> bool:
        try:
            acts[number % len(acts)]()
        except ConsentError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(go, range(42))) > 12
    assert Party.objects.count() == 1
    times = list(ConsentEvent.objects.order_by("id").values_list("recorded_at", flat=True))
    assert times == sorted(times)
    sequence_pending()
    settle()
    assert list(find_differences()) == []
