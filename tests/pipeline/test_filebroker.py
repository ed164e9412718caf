"""The broker made of files: order, atomic appearance, leftovers, and a race that loses nothing."""

import logging
import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from apps.pipeline.filebroker import DEAD_AFTER_S, Channel, remove_dead_files
from benchmarks.broker_race import OURS, race


@pytest.fixture
def channel(tmp_path: Path) -> Any:
    connection = Connection(
        "filesystem://localhost//", transport=OURS, transport_options={"folder": str(tmp_path)}
    )
    with connection, connection.channel() as channel:
        yield channel


def test_messages_come_in_the_order_they_were_sent(channel: Channel) -> None:
    for number in range(50):
        channel._put("q", {"n": number})
    assert [channel._get("q")["n"] for _ in range(50)] == list(range(50))
    with pytest.raises(Empty):
        channel._get("q")


def test_the_order_survives_a_reboot(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    channel._put("q", "before")
    monkeypatch.setattr(time, "monotonic", lambda: 0.001)  # that clock starts again at boot
    channel._put("q", "after")
    assert [channel._get("q"), channel._get("q")] == ["before", "after"]


def test_a_queue_gets_its_own_messages_only(channel: Channel) -> None:
    channel._put("one", 1)
    channel._put("one.two", 2)
    assert (channel._size("one"), channel._size("one.two")) == (1, 1)
    assert channel._get("one.two") == 2
    assert channel._purge("one") == 1
    with pytest.raises(Empty):
        channel._get("one")


def test_a_message_that_cannot_be_read_costs_nobody_else(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    (channel.messages / "00000000000000000001-x.q.msg").write_bytes(b"")
    channel._put("q", "good")
    with caplog.at_level(logging.ERROR):
        assert channel._get("q") == "good"
    assert "cannot be read" in caplog.text
    assert not list(channel.taken.iterdir())


def test_a_failed_write_leaves_nothing(channel: Channel) -> None:
    channel.messages.rmdir()
    with pytest.raises(FileNotFoundError):
        channel._put("q", 1)
    assert not list(channel.writing.iterdir())


def test_bindings_are_kept_once(channel: Channel) -> None:
    for queue in ("a", "b", "a"):
        channel._queue_bind("x", "key", "", queue)
    assert sorted(row.queue for row in channel.get_table("x")) == ["a", "b"]
    channel._delete("a", "x", "key", "")
    assert [row.queue for row in channel.get_table("x")] == ["b"]
    assert channel.get_table("unknown") == []


def test_leftovers_go_after_an_hour(tmp_path: Path) -> None:
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    old.touch()
    fresh.touch()
    os.utime(old, (time.time() - DEAD_AFTER_S - 1,) * 2)
    assert remove_dead_files(tmp_path) == 1
    assert list(tmp_path.iterdir()) == [fresh]


def test_a_place_that_cannot_be_written_is_a_broker_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    connection = Connection(
        "filesystem://localhost//",
        transport=OURS,
        transport_options={"folder": str(tmp_path / "file" / "queue")},
    )
    with pytest.raises(OperationalError), connection._reraise_as_library_errors():
        connection.channel()


@pytest.mark.services
def test_two_producers_and_two_consumers_lose_nothing(tmp_path: Path) -> None:
    result = race(tmp_path, messages=4000)
    assert (result["lost"], result["repeated"], result["errors"]) == (0, 0, 0)
