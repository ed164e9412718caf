"""Two processes send, two take as fast as they can, nobody is killed: how many messages are lost?

    python -m benchmarks.broker_race [--stock] [--messages 4000]

`--stock` runs kombu's own filesystem transport. A message counts as lost when it was sent, left
the queue, and reached nobody.
"""

import argparse
import multiprocessing
import multiprocessing.synchronize
import tempfile
import time
from pathlib import Path
from typing import Any

from kombu import Connection, Consumer, Producer, Queue

OURS = "apps.pipeline.filebroker:Transport"
QUEUE = Queue("race", routing_key="race")
IDLE_S = 2.0  # a consumer that hears nothing for so long, after the producers have ended, stops


def connect(folder: Path, *, stock: bool) -> Any:
    """A connection that polls hard, over files in `folder`."""
    options: dict[str, Any] = {"polling_interval": 0.001, "folder": str(folder)}
    if stock:
        options |= {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "tables"),
            "processed_folder": str(folder / "taken"),
            "store_processed": True,
        }
    return Connection(
        "filesystem://localhost//",
        transport="filesystem" if stock else OURS,
        transport_options=options,
    )


def produce(folder: Path, stock: bool, first: int, count: int) -> None:
    """Sends the numbers from `first` on."""
    with connect(folder, stock=stock) as connection, connection.channel() as channel:
        producer = Producer(channel)
        for number in range(first, first + count):
            producer.publish(number, routing_key="race", declare=[QUEUE], exchange=QUEUE.exchange)


def consume(folder: Path, stock: bool, out: Path, ended: multiprocessing.synchronize.Event) -> None:
    """Writes down every number that arrives; an exception costs a message, as in a real worker."""
    errors, heard = 0, time.monotonic()
    with connect(folder, stock=stock) as connection, out.open("w", buffering=1) as seen:

        def take(body: int, message: Any) -> None:
            nonlocal heard
            seen.write(f"{body}\n")
            message.ack()
            heard = time.monotonic()

        with Consumer(connection, [QUEUE], callbacks=[take]):
            while not ended.is_set() or time.monotonic() - heard < IDLE_S:
                try:
                    connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue
                except Exception:
                    errors += 1
    out.with_suffix(".errors").write_text(str(errors))


def race(folder: Path, *, messages: int = 4000, stock: bool = False) -> dict[str, float]:
    """Lost and repeated messages, exceptions in consumers, and messages sent per second."""
    for name in ("messages", "tables", "taken"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    spawn = multiprocessing.get_context("spawn")
    ended = spawn.Event()
    outs = [folder / f"seen-{number}.txt" for number in range(2)]
    takers = [spawn.Process(target=consume, args=(folder, stock, out, ended)) for out in outs]
    half = messages // 2
    senders = [
        spawn.Process(target=produce, args=(folder, stock, first, half)) for first in (0, half)
    ]
    for process in (*takers, *senders):
        process.start()
    started = time.monotonic()
    for process in senders:
        process.join()
    seconds = time.monotonic() - started
    ended.set()
    for process in takers:
        process.join()
    seen = [int(line) for out in outs for line in out.read_text().split()]
    return {
        "lost": messages - len(set(seen)),
        "repeated": len(seen) - len(set(seen)),
        "errors": sum(int(out.with_suffix(".errors").read_text()) for out in outs),
        "sent_per_s": messages / seconds,
    }


def main() -> None:
    """Prints one `name value unit` line per figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--messages", type=int, default=4000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = race(Path(folder), messages=asked.messages, stock=asked.stock)
    which = "stock" if asked.stock else "ours"
    for name, value in result.items():
        print(f"broker_{which}_{name} {value:.0f} {'1/s' if name.endswith('_s') else 'messages'}")  # noqa: T201


if __name__ == "__main__":
    main()
