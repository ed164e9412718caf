"""How it was made: one question at a time, kept word for word, and no question too many."""

import pytest

from apps.catalogue.declaration import parse_declaration
from apps.catalogue.models import Proof, Track
from apps.catalogue.states import TrackState
from tests.factories import DeclarationFactory, ProofFactory, ReleaseFactory
from tests.factories import TrackFactory as AnyTrack
from tests.portal.drafting import CLEAN, JSON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]
NO_AI = {"ai": [], "voice": {"imitates": "nobody"}}


@pytest.fixture
def track(artist):
    return AnyTrack(release=ReleaseFactory(owner=artist, artwork_ai="none"))


def panel(browser, track, question=""):
    return browser.get(address(track), {"question": question}).context["panel"]


def address(track):
    return f"/tracks/{track.pk}/questions/"


def answer(browser, track, *choices, question=None, **typed):
    """Answers the question that is asked now, or the one of this name; the draft afterwards."""
    track.refresh_from_db()
    name = question or panel(browser, track).name
    data = {"question": name, "revision": track.revision, "choice": choices, **typed}
    response = browser.post(address(track), data, **JSON)
    track.refresh_from_db()
    return response


def start_with(track, **answers):
    Track.objects.filter(pk=track.pk).update(answers=answers)
    track.refresh_from_db()


# --- the order, and its end ---


def test_the_shortest_way_is_four_answers_and_then_it_says_so(browser, track):
    asked = []
    for choice in ("no", "no", "none", "all_held"):
        asked.append(panel(browser, track).question.slug)
        assert answer(browser, track, choice).status_code == 200
    assert asked == ["ai_used", "likeness", "borrowed", "rights_in_result"]
    assert track.answers == CLEAN
    page = browser.get(address(track))
    assert page.context["panel"].question is None
    assert "That is all" in page.text
    assert "this track is cleared" in page.text


def test_without_a_script_every_answer_leads_to_the_next_question(browser, track):
    page = browser.get(address(track))
    assert "Did any AI tool make or change" in page.text
    assert "allowed everywhere" in page.text  # what the answer means stands beside it
    data = {"question": "ai_used:ai", "revision": 0, "choice": "no"}
    then = browser.post(address(track), data, follow=True)
    assert then.redirect_chain == [(address(track), 302)]
    assert then.context["panel"].question.slug == "likeness"


def test_it_stops_where_nothing_else_can_help(browser, track):
    start_with(track, **NO_AI)
    answer(browser, track, "real_person", question="voice:voice.imitates", person="A Singer")
    assert track.answers["voice"] == {"imitates": "real_person", "person": "A Singer"}
    page = browser.get(address(track))
    assert "We stop asking here" in page.text
    assert "A cloned voice of a real person" in page.text


def test_parts_tools_and_voices_are_kept_in_the_words_of_the_declaration(browser, track):
    answer(browser, track, "yes")
    answer(browser, track, "instruments", "mixing")
    assert track.answers == {"ai": [{"part": "instruments"}, {"part": "mixing"}]}
    answer(browser, track, "generated")
    assert panel(browser, track).question.slug == "ai_tool"
    answer(browser, track, tool="A tool of our own", tool_version="2", plan="paid")
    assert panel(browser, track).question.slug == "ai_training"
    answer(browser, track, "licensed_or_own")
    answer(browser, track, "own_or_cleared", same="1")
    assert track.answers["ai"] == [
        {
            "part": "instruments",
            "extent": "generated",
            "tool": "A tool of our own",
            "tool_version": "2",
            "plan": "paid",
            "model_training": "licensed_or_own",
            "inputs": "own_or_cleared",
        },
        {"part": "mixing", "inputs": "own_or_cleared"},
    ]
    parse_declaration(track.answers)


def test_a_tool_that_we_know_answers_the_next_question(browser, track):
    start_with(track, ai=[{"part": "whole_recording", "extent": "generated"}])
    assert "Suno" in browser.get(address(track)).text
    answer(browser, track, tool="Suno", tool_version="v4", plan="paid")
    assert panel(browser, track).question is None
    assert "trained without a licence" in browser.get(address(track)).text


def test_not_knowing_the_tool_is_an_answer(browser, track):
    start_with(track, ai=[{"part": "instruments", "extent": "generated"}])
    answer(browser, track, unknown_tool="1", tool="")
    assert track.answers["ai"][0]["model_training"] == "unknown"
    names = [one.name for one in panel(browser, track).answered]
    assert "ai_tool:ai.0" in names


def test_the_artwork_is_not_asked_again_for_every_track(browser, track):
    start_with(track, ai=[{}])
    words = [word for _choice, word, _stands in panel(browser, track).choices]
    assert "vocals" in words
    assert "artwork" not in words


# --- what is missing or wrong ---


@pytest.mark.parametrize("choice", ["", "perhaps", "x" * 5000])
def test_no_answer_is_told_and_nothing_is_saved(browser, track, choice):
    response = answer(browser, track, choice)
    assert response.status_code == 422
    assert "Choose an answer" in response.json()["panels"]["made"]
    assert track.answers == {}


def test_nothing_and_something_do_not_go_together(browser, track):
    start_with(track, **NO_AI, likeness=[])
    response = answer(browser, track, "none", "sample")
    assert response.status_code == 422
    assert "borrowed" not in track.answers


def test_a_consenting_voice_needs_a_name_and_an_own_voice_keeps_none(browser, track):
    name = "voice:voice.imitates"
    assert answer(browser, track, "consenting_person", question=name).status_code == 422
    answer(browser, track, "consenting_person", question=name, person="Ravi")
    assert track.answers["voice"] == {"imitates": "consenting_person", "person": "Ravi"}
    answer(browser, track, "own_voice", question=name, person="Ravi")
    assert track.answers["voice"] == {"imitates": "own_voice"}


def test_what_was_typed_stays_when_something_is_missing(browser, track):
    start_with(track, **NO_AI, likeness=[], borrowed=[{"kind": "cover"}])
    data = {"question": "borrowed_licence:borrowed.0.licence", "revision": 0, "choice": "held"}
    page = browser.post(address(track), {**data, "first_recorded_year": "1987"})
    assert page.status_code == 422
    assert "Write what it is of" in page.text
    assert 'value="1987"' in page.text
    assert 'value="held" checked' in page.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("first_recorded_year", "soon"), ("of", "a" * 501), ("film", "Ra\u202evi")],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(browser, track, field, typed):
    start_with(track, **NO_AI, likeness=[], borrowed=[{"kind": "cover"}])
    response = answer(browser, track, "held", **{"of": "“Delta”", field: typed})
    assert response.status_code == 422
    assert track.answers["borrowed"] == [{"kind": "cover"}]


def test_a_cover_is_asked_what_india_asks(browser, track):
    start_with(track, **NO_AI, likeness=[], borrowed=[{"kind": "cover"}])
    typed = {"of": "“Delta”, Nile Records", "first_recorded_year": "1987"}
    answer(browser, track, "held", **typed, earlier_performers="A. One, B. Two", film="River")
    assert track.answers["borrowed"] == [
        {
            "kind": "cover",
            "licence": "held",
            "of": "“Delta”, Nile Records",
            "first_recorded_year": 1987,
            "earlier_performers": ["A. One", "B. Two"],
            "film": "River",
        }
    ]


def test_whether_a_beat_is_exclusive_is_kept_as_yes_or_no(browser, track):
    beat = {"kind": "beat", "licence": "held", "of": "A beat"}
    start_with(track, **NO_AI, likeness=[], borrowed=[beat])
    answer(browser, track, "false", question="beat_exclusive:borrowed.0.exclusive")
    assert track.answers["borrowed"][0]["exclusive"] is False
    assert "No, others may use it too" in browser.get(address(track)).text


@pytest.mark.parametrize(
    "name",
    ["", "nothing", "ai_extent:ai.99.extent", "voice:", "ai_extent:rights_in_result", "x:y.z.a"],
)
def test_a_question_that_does_not_exist_is_not_answered(browser, track, name):
    data = {"question": name, "revision": 0, "choice": "no"}
    assert browser.post(address(track), data, follow=True).status_code == 200
    assert browser.post(address(track), data, **JSON).status_code == 422
    assert browser.get(address(track), {"question": name}).status_code == 200
    track.refresh_from_db()
    assert track.answers == {}


# --- changing one's mind ---


def test_answers_are_listed_and_can_be_changed(browser, track):
    start_with(track, **CLEAN)
    page = browser.get(address(track))
    names = [one.name for one in page.context["panel"].answered]
    assert names[0] == "ai_used:ai"
    assert "rights_in_result:rights_in_result" in names
    again = panel(browser, track, "rights_in_result:rights_in_result")
    assert [word for _one, word, stands in again.choices if stands] == ["all_held"]
    answer(browser, track, "not_all_held", question=again.name)
    assert track.answers["rights_in_result"] == "not_all_held"


def test_changing_no_into_yes_takes_back_what_no_had_said(browser, track):
    start_with(track, **CLEAN)
    answer(browser, track, "yes", question="ai_used:ai")
    assert track.answers["ai"] == [{}]
    assert "voice" not in track.answers
    assert panel(browser, track).question.slug == "ai_parts"


def test_saying_yes_again_loses_nothing(browser, track):
    use = {"part": "vocals", "extent": "assisted"}
    start_with(track, ai=[use])
    answer(browser, track, "yes", question="ai_used:ai")
    answer(browser, track, "vocals", "mixing", question="ai_parts:ai")
    assert track.answers["ai"] == [use, {"part": "mixing"}]


def test_back_leads_to_the_question_before(browser, track):
    start_with(track, **NO_AI)
    now = panel(browser, track)
    assert now.question.slug == "likeness"
    assert now.back.endswith("?question=voice:voice.imitates")
    first = panel(browser, track, "ai_used:ai")
    assert first.back == ""


def test_an_answer_from_an_old_window_overwrites_nothing(browser, track):
    answer(browser, track, "no")
    data = {"question": "ai_used:ai", "revision": 0, "choice": "yes"}
    response = browser.post(address(track), data, **JSON)
    assert response.status_code == 409
    assert "Nothing was overwritten" in response.json()["message"]
    assert "Nothing was overwritten" in browser.post(address(track), data, follow=True).text
    track.refresh_from_db()
    assert track.answers == NO_AI


def test_a_track_that_is_being_checked_is_not_asked(browser, track):
    start_with(track, **CLEAN)
    Track.objects.filter(pk=track.pk).update(state=TrackState.SUBMITTED)
    assert (
        "<form" not in browser.get(address(track)).text.split('id="made"')[1].split("</section>")[0]
    )
    response = answer(browser, track, "yes", question="ai_used:ai")
    assert response.status_code == 409
    assert track.answers == CLEAN


# --- several of one kind, and their proofs ---


def sampled(track, *names):
    entries = [{"kind": "sample", "of": name, "licence": "held"} for name in names]
    start_with(track, **{**CLEAN, "borrowed": entries})


def test_one_more_sample_is_asked_about(browser, track):
    sampled(track, "First")
    data = {"add": "borrowed.sample", "revision": track.revision}
    answered = browser.post(f"/tracks/{track.pk}/entries/", data, **JSON).json()
    track.refresh_from_db()
    assert track.answers["borrowed"][1] == {"kind": "sample"}
    assert "Do you hold a licence for it?" in answered["panels"]["made"]
    assert answered["revision"] == track.revision


def test_taking_an_entry_out_moves_the_proofs_of_those_behind_it(browser, track):
    sampled(track, "First", "Second", "Third")
    proofs = [ProofFactory(track=track, concerns=f"borrowed.{n}") for n in range(3)]
    data = {"drop": "borrowed.1", "revision": 0}
    browser.post(f"/tracks/{track.pk}/entries/", data)
    track.refresh_from_db()
    assert [one["of"] for one in track.answers["borrowed"]] == ["First", "Third"]
    assert dict(track.proofs.values_list("pk", "concerns")) == {
        proofs[0].pk: "borrowed.0",
        proofs[2].pk: "borrowed.1",
    }


def test_a_proof_that_was_submitted_stays_on_record(browser, track):
    sampled(track, "First")
    proof = ProofFactory(track=track, concerns="borrowed.0")
    DeclarationFactory(
        track=track, document={"borrowed": [{"kind": "sample", "proof": str(proof.pk)}]}
    )
    answer(browser, track, "none", question="borrowed:borrowed")
    assert track.answers["borrowed"] == []
    assert Proof.objects.get(pk=proof.pk).concerns == "gone"


@pytest.mark.parametrize("data", [{}, {"add": "ai.vocals"}, {"drop": "borrowed.7"}, {"drop": "x"}])
def test_lists_change_only_where_there_is_something(browser, track, data):
    sampled(track, "First")
    response = browser.post(f"/tracks/{track.pk}/entries/", {**data, "revision": 0}, **JSON)
    assert response.status_code == 422
    track.refresh_from_db()
    assert len(track.answers["borrowed"]) == 1


def test_each_licence_has_a_place_for_its_proof(browser, track):
    sampled(track, "“Delta”, Nile Records")
    page = browser.get(f"/tracks/{track.pk}/").text
    assert "Licence for “Delta”, Nile Records" in page
    assert "held without it" in page
    ProofFactory(track=track, concerns="borrowed.0", original_name="licence.pdf")
    assert "licence.pdf" in browser.get(f"/tracks/{track.pk}/").text


def test_where_it_goes_follows_the_answers(browser, track):
    use = {"part": "vocals", "extent": "generated", "tool": "T", "plan": "paid"}
    use |= {"model_training": "licensed_or_own", "inputs": "own_or_cleared"}
    start_with(track, **{**CLEAN, "ai": [use]})
    track.release.destinations = ["spotify", "bandcamp"]
    track.release.save()
    page = browser.get(f"/tracks/{track.pk}/")
    verdicts = {one.slug: one.verdict for one in page.context["standing"].stores}
    assert verdicts == {"spotify": "deliver_with_label", "bandcamp": "refused"}
    assert "Bandcamp does not take" in page.text


def test_few_queries(browser, track, django_assert_max_num_queries):
    sampled(track, *(f"Sample {n}" for n in range(20)))
    with django_assert_max_num_queries(20):
        browser.get(address(track))
