"""From events to an answer: examples, and the promises tried by Hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.consent.entries import NOES, SCOPES, STATUSES, WIDENING, Asset, Entry
from apps.consent.reasons import REASONS
from apps.consent.resolve import Answer, Question, state
from apps.consent.vocabulary import ALL_LAYERS, LAYERS, vocabulary

START = datetime(2026, 1, 1, tzinfo=UTC)
OWN = Asset(label_licensed=False, holders=frozenset({"artist"}))
TRAIN = "generative_music.train"
TAG = "metadata_tagging.infer"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def entry(status: str, on: float, permission: str = TRAIN, **more: object) -> Entry:
    values = {
        "uid": f"{status}-{on}-{permission}-{more}",
        "seq": 1,
        "record": "r",
        "layer": ALL_LAYERS,
        "scope": "asset",
        "subject": "artist",
        "grantor": "artist",
        "effective_from": day(on),
        "recorded_at": day(on),
        "jurisdiction": "DE",
        "epoch": 1,
        **more,
    }
    if status not in {"granted", *NOES}:
        permission = ""
    return Entry(status=status, permission=permission, **values)  # type: ignore[arg-type]


def ask(
    entries: list[Entry],
    at: float = 300,
    permission: str = TRAIN,
    asset: Asset = OWN,
    known: float | None = None,
    **more: object,
) -> Answer:
    question = Question(
        permission=vocabulary().by_code(permission),
        at=day(at),
        known_at=day(at if known is None else known),
        **{"jurisdiction": "DE", "min_epoch": 1, **more},  # type: ignore[arg-type]
    )
    return state(question, entries, asset)


LIFT = entry("unreserved", 0)
YES = entry("granted", 1)


def test_nothing_known_means_no_and_no_ai_is_on() -> None:
    assert ask([]).reason == "no_ai"
    assert ask([LIFT]).reason == "not_granted"
    assert ask([], permission=TAG).reason == "not_granted"


def test_what_needs_no_yes_is_on_until_somebody_objects() -> None:
    assert ask([], permission="rights_check.infer") == Answer(True, "default")
    no = entry("objected", 2, "analytics.infer")
    assert ask([no], permission="analytics.infer").reason == "objected"
    again = entry("granted", 3, "analytics.infer")
    assert ask([no, again], permission="analytics.infer").allowed


def test_a_yes_after_the_lift_counts() -> None:
    answer = ask([LIFT, YES])
    assert (answer.allowed, answer.reason, answer.since) == (True, "granted", day(1))


def test_a_lift_brings_no_older_yes_back() -> None:
    reserve, lift = entry("reserved", 2), entry("unreserved", 3)
    assert ask([LIFT, YES, reserve]).reason == "no_ai"
    assert ask([LIFT, YES, reserve, lift]).reason == "before_lift"
    assert ask([LIFT, YES, reserve, lift, entry("granted", 4)]).allowed
    assert ask([entry("unreserved", 2), YES]).reason == "before_lift"


def test_no_ai_bars_all_training_but_not_listening() -> None:
    assert ask([], permission="fraud_spam.train").reason == "no_ai"
    assert ask([], permission="fraud_spam.infer").allowed
    assert ask([entry("granted", 1, TAG)], permission=TAG).allowed
    assert ask([entry("granted", 1, "third_party_licensing.share")]).reason == "no_ai"


def test_the_three_moments_of_the_reference() -> None:
    """Granted, revoked, and later we learn that the grantor had no authority (reference, 2.5)."""
    told = [
        LIFT,
        YES,
        entry("revoked", 60),
        entry("invalidated", 1, recorded_at=day(120), effective_to=day(120)),
    ]
    assert ask(told, at=31, known=31).allowed
    assert ask(told, at=90, known=90).reason == "revoked"
    assert ask(told, at=31, known=150).reason == "no_ai"  # the lift was theirs, too
    of_label = [
        LIFT,
        entry("granted", 1, grantor="label"),
        entry("invalidated", 1, grantor="label", recorded_at=day(120), effective_to=day(120)),
    ]
    assert ask(of_label, at=31, known=31).allowed
    assert ask(of_label, at=31, known=150).reason == "invalid_authority"
    anew = entry("granted", 130, grantor="label")
    assert ask([*of_label, anew], at=150).allowed


def test_the_narrower_choice_wins_and_the_wider_no_ends_what_came_before() -> None:
    account_yes = entry("granted", 5, scope="account")
    track_no = entry("denied", 2)
    assert ask([LIFT, track_no, account_yes]).reason == "denied"
    account_no = entry("revoked", 5, scope="account")
    assert ask([LIFT, YES, account_no]).reason == "revoked"
    assert ask([LIFT, account_no, entry("granted", 6)]).allowed


def test_between_grantors_the_most_restrictive_wins() -> None:
    assert ask([LIFT, YES, entry("denied", 0.5, grantor="label")]).reason == "denied"
    assert ask([LIFT, YES, entry("reserved", 0.5, grantor="registry")]).reason == "no_ai"
    two = Asset(label_licensed=False, holders=frozenset({"artist", "other"}))
    theirs = [entry("unreserved", 0, subject="other", grantor="other")]
    assert ask([LIFT, YES, *theirs], asset=two).reason == "not_granted"
    theirs.append(entry("granted", 1, subject="other", grantor="other"))
    assert ask([LIFT, YES, *theirs], asset=two).allowed


def test_label_licensed_music_trains_nothing_whatever_is_ticked() -> None:
    for known, reason in ((True, "label_licensed"), (None, "unknown_metadata")):
        asset = replace(OWN, label_licensed=known)
        assert ask([LIFT, YES], asset=asset).reason == reason
        assert ask([entry("granted", 1, TAG)], permission=TAG, asset=asset).allowed


def test_a_dispute_holds_and_lets_go() -> None:
    held, free = entry("disputed", 2, record="d"), entry("undisputed", 4, record="d")
    assert ask([LIFT, YES, held], at=3).reason == "dispute"
    assert ask([LIFT, YES, held, free], at=3).reason == "dispute"
    assert ask([LIFT, YES, held, free], at=5).allowed
    assert ask([LIFT, YES, held, replace(free, record="another")], at=5).reason == "dispute"


def test_places_terms_and_time() -> None:
    assert ask([LIFT, YES], jurisdiction="").reason == "jurisdiction_missing"
    assert ask([LIFT, YES], jurisdiction="FR").reason == "jurisdiction"
    assert ask([LIFT, replace(YES, territory_exclude=("DE",))]).reason == "jurisdiction"
    assert ask([LIFT, YES, entry("granted", 2, jurisdiction="FR")]).allowed
    assert ask([LIFT, YES], min_epoch=2).reason == "old_terms"
    short = replace(YES, effective_to=day(10))
    assert ask([LIFT, short], at=9).allowed
    assert ask([LIFT, short], at=10).reason == "expired"


def test_a_yes_counts_once_it_is_in_the_log_and_a_no_at_once() -> None:
    assert ask([LIFT, replace(YES, proven=False)]).reason == "not_proven"
    assert ask([replace(LIFT, proven=False), YES]).reason == "not_proven"
    assert ask([LIFT, YES, entry("revoked", 2, proven=False)]).reason == "revoked"


def test_every_layer_has_to_be_allowed() -> None:
    recording = replace(YES, layer="recording")
    assert ask([LIFT, recording], layer="recording").allowed
    assert ask([LIFT, recording]).reason == "not_granted"
    no_voice = entry("denied", 2, layer="voice_likeness")
    assert ask([LIFT, YES, no_voice]).reason == "denied"
    assert ask([LIFT, YES, no_voice], layer="composition").allowed


def test_somebody_who_changes_their_mind_ten_thousand_times_gets_an_answer() -> None:
    """Each yes is held against the newest noes only: against all of them it would take an hour."""
    told = [entry("unreserved", 0)]
    for number in range(10_000):
        status = ("granted", "denied", "unreserved", "reserved")[number % 4]
        told.append(entry(status, number / 100, seq=number))
    assert not ask([*told, entry("reserved", 101)]).allowed
    assert ask([*told, entry("unreserved", 102), entry("granted", 103)]).allowed


def test_every_reason_has_a_sentence() -> None:
    assert all(text.endswith(".") for text in REASONS.values())
    assert set(NOES) <= set(REASONS)


# --- the promises ---

CODES = [TRAIN, TAG, "analytics.infer", "third_party_licensing.share"]
DAYS = st.integers(0, 12)


@st.composite
def entries(draw: st.DrawFn, statuses: tuple[str, ...] = STATUSES) -> Entry:
    on = draw(DAYS)
    status = draw(st.sampled_from(statuses))
    made = entry(
        status,
        on,
        draw(st.sampled_from(CODES)),
        scope=draw(st.sampled_from(SCOPES)),
        layer=draw(st.sampled_from([ALL_LAYERS, ALL_LAYERS, *LAYERS])),
        grantor=draw(st.sampled_from(["artist", "artist", "label"])),
        record=draw(st.sampled_from("ab")),
        recorded_at=day(draw(DAYS) if status not in WIDENING else on),
        jurisdiction=draw(st.sampled_from(["DE", "DE", "FR"])),
        proven=draw(st.sampled_from([True, True, False])),
        effective_to=day(draw(st.integers(1, 20))),
    )
    return replace(made, seq=draw(st.integers(1, 99)), uid=str(draw(st.uuids())))


RESTRICTING = tuple(one for one in STATUSES if one not in WIDENING)
MANY = st.lists(entries(), max_size=10).map(lambda found: [LIFT, *found])
ASKED = st.sampled_from(CODES)


@given(MANY, entries(RESTRICTING), ASKED, DAYS, DAYS)
def test_a_restriction_never_widens(
    told: list[Entry], no: Entry, code: str, at: int, known: int
) -> None:
    after = ask([*told, no], at=at, known=known, permission=code)
    assert not after.allowed or ask(told, at=at, known=known, permission=code).allowed


@given(MANY, ASKED, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(told: list[Entry], code: str, at: int, dice) -> None:
    numbers = [one.seq for one in told]
    dice.shuffle(numbers)
    mixed = [replace(one, seq=number) for one, number in zip(told, numbers, strict=True)]
    dice.shuffle(mixed)
    before, after = (ask(some, at=at, permission=code) for some in (told, mixed))
    assert before.allowed == after.allowed


@given(MANY, ASKED, DAYS, DAYS)
def test_unknown_is_never_more_permissive(
    told: list[Entry], code: str, at: int, known: int
) -> None:
    for licensed in (True, False):
        unknown = ask(told, at, code, replace(OWN, label_licensed=None), known)
        surely = ask(told, at, code, replace(OWN, label_licensed=licensed), known)
        assert not unknown.allowed or surely.allowed
    assert not ask(told, at, code, OWN, known, jurisdiction="").allowed
    assert not ask(told, at, code, replace(OWN, holders=frozenset()), known).allowed
    waiting = [replace(one, proven=False) for one in told]
    assert not ask(waiting, at, code).allowed or ask(told, at, code).allowed
    everything, parts = (
        ask(told, at, code),
        [ask(told, at, code, layer=layer).allowed for layer in LAYERS],
    )
    assert everything.allowed == all(parts)


@given(MANY, entries(), ASKED, DAYS, DAYS)
def test_what_was_not_known_yet_changes_nothing(
    told: list[Entry], late: Entry, code: str, at: int, known: int
) -> None:
    late = replace(late, recorded_at=day(known + 1))
    assert ask([*told, late], at=at, known=known, permission=code) == ask(
        told, at=at, known=known, permission=code
    )


@given(MANY, entries(), ASKED, DAYS)
def test_what_has_not_begun_changes_nothing(
    told: list[Entry], later: Entry, code: str, at: int
) -> None:
    later = replace(later, effective_from=day(at + 1))
    assert ask([*told, later], at=at, permission=code) == ask(told, at=at, permission=code)


@given(MANY, ASKED, DAYS)
def test_a_no_has_a_reason_of_the_list(told: list[Entry], code: str, at: int) -> None:
    answer = ask(told, at=at, permission=code)
    assert answer.reason in (("granted", "default") if answer.allowed else REASONS)


@pytest.mark.parametrize("code", [one.code for one in vocabulary().permissions])
def test_without_any_event_only_what_operations_need_is_on(code: str) -> None:
    permission = vocabulary().by_code(code)
    expected = permission.default and not permission.is_ai_training
    assert ask([], permission=code).allowed is expected
