"""An index that is too large for one host: each holds a part, and all parts are asked.

A recording lies in the part that its key gives (`following.is_mine`), and every host builds its
part from the same log. Whoever asks writes the question down, wakes a worker of each other part by
the queue of that part, answers for its own, and waits for the rows of the others' answers. No
answer depends on what another part holds, so they are joined and that is all. A part that stays
silent is no answer: the check is held and tried again.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.catalogue.wake import wake
from apps.fingerprints.errors import ShardSilent
from apps.fingerprints.questions import (
    Question,
    Stretches,
    answer_here,
    plain,
    question_bytes,
    question_of,
    stretches_of,
)
from apps.fingerprints.shard_rows import ShardAnswer, ShardQuestion

TASK = "pipeline.answer_for_shard"
PATIENCE_S = 120.0  # a part that is being made again is not ready sooner
RING_EVERY_S = 10.0  # a message that was lost is sent again
PAUSE_S = 0.05
KEPT = timedelta(hours=1)  # of a question whose asker died


def queue_of(shard: int) -> str:
    """The queue that the workers of a part listen to."""
    return f"prints.{shard}"


def answer(asked: Question) -> Stretches:
    """What all parts have together. Raises ShardSilent, IndexBusy, OSError."""
    if settings.PRINT_SHARDS == 1:
        return answer_here(asked)
    if transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Other hosts see a question once it is there.")
    others = [one for one in range(settings.PRINT_SHARDS) if one != settings.PRINT_SHARD]
    row = ShardQuestion.objects.create(asked=question_bytes(asked))
    try:
        _ring(row, others)
        found = answer_here(asked) if settings.PRINT_SHARD is not None else {}
        for told in _answers(row, others):
            found |= told
        return found
    finally:
        row.delete()


def answer_for_shard(uid: str) -> None:
    """A worker of one part answers a question that is still asked; again it changes nothing."""
    row = ShardQuestion.objects.filter(pk=uid).first()
    if row is None or settings.PRINT_SHARD is None:
        return
    told = plain(answer_here(question_of(bytes(row.asked))))
    said = ShardAnswer(question=row, shard=settings.PRINT_SHARD, told=told)
    ShardAnswer.objects.bulk_create([said], ignore_conflicts=True)


def sweep_questions() -> int:
    """Deletes questions that nobody waits for any more; returns how many."""
    old = timezone.now() - KEPT
    return ShardQuestion.objects.filter(created_at__lt=old).delete()[0]


def _ring(row: ShardQuestion, shards: list[int]) -> None:
    for shard in shards:
        wake(TASK, str(row.pk), queue=queue_of(shard))


def _answers(row: ShardQuestion, shards: list[int]) -> list[Stretches]:
    """Those of all these parts. Raises ShardSilent."""
    begun = rung = time.monotonic()
    while True:
        told = dict(row.answers.values_list("shard", "told"))
        silent = [shard for shard in shards if shard not in told]
        if not silent:
            return [stretches_of(one) for one in told.values()]
        now = time.monotonic()
        if now - begun > PATIENCE_S:
            raise ShardSilent(shards=", ".join(map(str, silent)))
        if now - rung > RING_EVERY_S:
            _ring(row, silent)
            rung = now
        time.sleep(PAUSE_S)
