"""What Celery knows: each task is a name for one function. Nothing may escape from them.

An exception that leaves a task is lost in a log, and a MemoryError ends the whole worker; the
functions called here keep what went wrong on the row that it happened to.
"""

# mypy: disable-error-code="untyped-decorator"

from celery import shared_task
from celery.signals import worker_init

from apps.fingerprints import deliveries, licences, retro_asking, shards
from apps.pipeline import (
    inspection,
    ledger,
    licence_doubts,
    mail,
    reference_taking,
    retro_work,
    screening,
    steps,
    voice_work,
    warming,
)
from apps.pipeline import sweep as sweeping
from apps.training.ordering import fulfil_order
from apps.training.revocation import steps as revoking


@worker_init.connect
def get_ready(**_: object) -> None:
    """What every worker does before its first task."""
    ledger.stop_without_guards()
    warming.rehearse()


@shared_task(name="pipeline.screen_run")
def screen_run(run_id: str) -> None:
    """Screens one run and decides its track."""
    steps.screen_and_decide(run_id, screen=screening.screen)


@shared_task(name="pipeline.inspect_audio")
def inspect_audio(audio_id: str) -> None:
    """Looks at one upload."""
    inspection.inspect_audio(audio_id)


@shared_task(name=retro_asking.TASK)
def search_back(search_id: str) -> None:
    """Looks for a new reference in the tracks that we have."""
    retro_work.do_search(search_id)


@shared_task(name=licences.TASK)
def check_licensed(licence_id: str) -> None:
    """Has tracks checked again that rest on a licence which was taken back."""
    licence_doubts.act_on_waiting(int(licence_id))


@shared_task(name="pipeline.sweep")
def sweep() -> None:
    """Rings again for what was left behind."""
    sweeping.sweep()


@shared_task(name="pipeline.keep_ledger")
def keep_ledger() -> None:
    """Gives what waits its leaves and signs. The clock does so by itself."""
    ledger.keep_ledger()


@shared_task(name="pipeline.send_mail")
def send_mail() -> None:
    """Sends the mails that wait."""
    mail.send_waiting()


@shared_task(name="pipeline.enrol_voice")
def enrol_voice(enrolment_id: str) -> None:
    """Listens to the stems of one enrolment."""
    voice_work.enrol_voice(enrolment_id)


@shared_task(name="pipeline.seal_snapshot")
def seal_snapshot(order_uid: str) -> None:
    """Seals the snapshot that somebody ordered."""
    fulfil_order(order_uid)


@shared_task(name=deliveries.TASK)
def take_reference(delivery_uid: str) -> None:
    """Hears a recording that was handed in as a reference."""
    reference_taking.take_reference(delivery_uid)


@shared_task(name=shards.TASK)
def answer_for_shard(uid: str) -> None:
    """Answers a question about prints for this host's part of the index."""
    shards.answer_for_shard(uid)


@shared_task(name=revoking.TASK)
def do_revocation_step(step_id: str) -> None:
    """Does one step of a case of something taken back."""
    revoking.do_step(step_id)
