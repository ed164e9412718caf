"""Pages of label staff: their decisions and nobody else's, and an export of what is shown."""

import csv
import io
from collections import Counter
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from apps.accounts.models import ApiToken
from apps.accounts.roles import Role
from apps.exports import formats
from apps.exports.decisions import COLUMNS
from apps.exports.models import Export
from apps.portal.chart import FOOT, HEIGHT, WIDTH, pile
from apps.portal.label_filters import TITLES
from tests.exports.worlds import BY_HAND, World, make_decision, make_track, make_world
from tests.factories import LabelStaffFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world) -> Client:
    return client_of(world.staff)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def look(client, **query):
    answer = client.get(reverse("label_decisions"), query)
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def cells(page, column: str) -> list[str]:
    found = page.xpath(f'//table[contains(@class,"decisions")]//td[@class="col-{column}"]')
    return [" ".join(cell.text_content().split()) for cell in found]


def exported(client, **query) -> list[dict[str, str]]:
    answer = client.get(reverse("label_decisions_export"), {"format": "csv", **query})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


class TestTable:
    def test_the_latest_of_their_own_newest_first(self, client):
        page = look(client)
        assert cells(page, "title") == ['=HYPERLINK("http://x")', "River"]
        assert cells(page, "outcome") == ["refused", "cleared"]

    def test_other_labels_never_appear(self, client, world):
        for query in ({}, {"which": "all"}, {"text": "Delta"}, {"label": str(world.delta.pk)}):
            assert "Delta" not in cells(look(client, **query), "title")

    def test_all_also_replaced_ones(self, client):
        assert len(cells(look(client, which="all"), "title")) == 3

    def test_who_sees_all_sees_names(self, world):
        page = look(client_of(UserFactory(role=Role.COMPLIANCE_OFFICER)), columns="made_by_name")
        assert "Rita Reviewer" in cells(page, "made_by_name")
        assert len(cells(page, "made_by_name")) == 3

    def test_label_staff_see_roles_and_no_names(self, client):
        answer = client.get(reverse("label_decisions"), {"columns": list(COLUMNS)})
        assert "Rita" not in answer.content.decode()
        assert "reviewer" in cells(html.fromstring(answer.content.decode()), "made_by")

    def test_chosen_columns(self, client):
        page = look(client, columns=["isrc", "decision_id", "cleared_now"])
        headers = page.xpath('//table[contains(@class,"decisions")]//th/text()')
        assert headers == ["Decision", "ISRC", "Cleared now"]
        assert cells(page, "cleared_now") == ["no", "yes"]

    def test_every_column_has_a_title_and_can_be_shown(self, client):
        assert set(TITLES) == set(COLUMNS)
        page = look(client, columns=list(COLUMNS))
        assert cells(page, "destinations") == [
            "Spotify: not decided yet",
            "Bandcamp: does not go thereSpotify: goes there",
        ]
        assert cells(page, "note_to_artist") == ["–", "Thank you, and good luck."]

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ({"outcome": "allowed"}, ["River"]),
            ({"text": "RIV"}, ["River"]),
            ({"reason": "rights_proven"}, ["River"]),
            ({"destination": "bandcamp", "verdict": "refused"}, ["River"]),
            ({"since": "2026-11-20", "until": "2026-11-20", "outcome": "allowed"}, ["River"]),
            ({"since": "2026-11-21"}, []),
            ({"until": "2026-11-19"}, []),
        ],
    )
    def test_filters(self, client, query, titles):
        assert cells(look(client, **query), "title") == titles

    def test_nonsense_is_said_and_breaks_nothing(self, client):
        page = look(client, since="31-31-31", outcome="maybe", page="x", columns="password")
        assert "Enter a valid date." in page.text_content()
        assert len(cells(page, "title")) == 2

    def test_counts_do_not_depend_on_the_chosen_outcome(self, client):
        page = look(client, outcome="allowed")
        chips = [" ".join(a.text_content().split()) for a in page.xpath('//a[@class="filter"]')]
        assert chips == ["all 2", "cleared 1", "held 0", "refused 1"]

    def test_pages_keep_the_filters(self, client, world, monkeypatch):
        monkeypatch.setattr("apps.portal.views_label.PER_PAGE", 1)
        page = look(client, text="monsoon")
        [older] = page.xpath('//nav[@aria-label="Pages"]//a/@href')
        assert older == "?text=monsoon&page=2"
        assert cells(look(client, text="monsoon", page="2"), "title") == ["River"]

    def test_nothing_yet(self):
        staff = LabelStaffFactory()
        assert "You belong to no label yet" in look(client_of(staff)).text_content()
        MembershipFactory(user=staff)
        assert "as soon as it is made" in look(client_of(staff)).text_content()

    def test_nothing_fits(self, client):
        assert "No decision fits these filters" in look(client, text="zzz").text_content()

    def test_at_most_20_queries_with_every_column(
        self, client, world, django_assert_max_num_queries
    ):
        for number in range(40, 70):
            track = make_track(world.nile, number, f"Song {number}", "cleared")
            make_decision(track, number, "allowed", BY_HAND, made_by=world.reviewer)
        with django_assert_max_num_queries(20):
            page = look(client, columns=list(COLUMNS))
        assert len(cells(page, "title")) == 32


class TestExport:
    def test_exactly_what_is_shown(self, client):
        query = {"columns": ["outcome", "title"], "text": "river"}
        assert exported(client, **query) == [{"title": "River", "outcome": "allowed"}]
        assert cells(look(client, **query), "title") == ["River"]

    def test_every_column_on_every_page(self, client, monkeypatch):
        monkeypatch.setattr("apps.portal.views_label.PER_PAGE", 1)
        found = exported(client, every="1")
        assert tuple(found[0]) == COLUMNS
        assert [line["title"] for line in found] == ["River", '\'=HYPERLINK("http://x")']

    def test_never_another_labels_rows(self, client, world):
        found = exported(client, which="all", every="1", label=str(world.delta.pk))
        assert {line["label"] for line in found} <= {"Nile Records"}

    def test_excel(self, client):
        answer = client.get(reverse("label_decisions_export"), {"format": "xlsx"})
        data = io.BytesIO(b"".join(answer.streaming_content))
        assert openpyxl.load_workbook(data).active.max_row == 3

    def test_the_buttons_carry_the_filters(self, client):
        page = look(client, text="river", columns="title")
        form = page.xpath(f'//form[@action="{reverse("label_decisions_export")}"]')[0]
        hidden = {(i.get("name"), i.get("value")) for i in form.xpath('.//input[@type="hidden"]')}
        assert hidden == {("text", "river"), ("columns", "title")}

    def test_no_format(self, client):
        answer = client.get(reverse("label_decisions_export"), {"format": "pdf", "text": "x"})
        assert answer["Location"] == f"{reverse('label_decisions')}?text=x"
        assert not Export.objects.exists()

    def test_more_rows_than_a_sheet_has(self, client, monkeypatch):
        monkeypatch.setattr(formats, "XLSX_ROWS", 1)
        answer = client.get(reverse("label_decisions_export"), {"format": "xlsx"}, follow=True)
        assert "or export CSV" in answer.content.decode()


class TestTokens:
    def test_made_shown_once_and_taken_back(self, client, world):
        url = reverse("label_tokens")
        shown = client.post(url, {"name": "Sync", "label": str(world.nile.pk)}).content.decode()
        token = ApiToken.objects.get()
        assert token.prefix in shown
        assert "sck_" in html.fromstring(shown).xpath('string(//code[@class="token"])')
        again = client.get(url).content.decode()
        assert html.fromstring(again).xpath('//code[@class="token"]') == []
        client.post(reverse("label_token_revoke", args=[token.pk]))
        assert "No token is in use" in client.get(url).content.decode()

    def test_not_for_another_label(self, client, world):
        answer = client.post(
            reverse("label_tokens"), {"name": "Sync", "label": str(world.delta.pk)}
        )
        assert "Choose the label" in answer.content.decode()
        assert not ApiToken.objects.exists()

    def test_of_somebody_else(self, client, world):
        other = LabelStaffFactory()
        MembershipFactory(user=other, label=world.nile)
        client_of(other).post(reverse("label_tokens"), {"name": "x", "label": str(world.nile.pk)})
        token = ApiToken.objects.get()
        assert client.post(reverse("label_token_revoke", args=[token.pk])).status_code == 404


class TestChart:
    def test_the_highest_week_takes_the_whole_height(self):
        weeks = pile(
            [
                (date(2026, 11, 9), Counter(allowed=1)),
                (date(2026, 11, 16), Counter(allowed=2, not_allowed=2)),
            ]
        )
        low, high = weeks
        assert [bar.height for bar in low.bars] == [(HEIGHT - FOOT) / 4]
        assert sum(bar.height for bar in high.bars) == HEIGHT - FOOT
        assert high.bars[-1].y == 0
        assert [bar.outcome for bar in high.bars] == ["allowed", "not_allowed"]
        assert high.bars[0].x + high.bars[0].width <= WIDTH
        assert (low.total, high.total) == (1, 4)

    def test_no_decision_at_all(self):
        assert pile([(date(2026, 11, 16), Counter())])[0].bars == ()

    def test_on_the_page_without_inline_style(self, client, time_machine_at_the_world):
        page = look(client)
        assert len(page.xpath('//*[name()="rect"]')) == 2
        assert page.xpath("//*[@style]") == []


@pytest.fixture
def time_machine_at_the_world(world, client):
    import time_machine

    from tests.exports.worlds import MORNING

    with time_machine.travel(MORNING.replace(hour=12)):
        client.force_login(world.staff)
        yield
