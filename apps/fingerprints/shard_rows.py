"""A question to all shards and their answers. Rows only; they are deleted once they were read."""

import uuid

from django.db import models


class ShardQuestion(models.Model):
    """What one worker asks the hosts that hold the other parts of the index.

    `asked`: `questions.Question` in bytes.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return str(self.uid)


class ShardAnswer(models.Model):
    """What one shard found. `told`: stretches by the number of the recording (`questions.py`)."""

    question = models.ForeignKey(ShardQuestion, on_delete=models.CASCADE, related_name="answers")
    shard = models.PositiveSmallIntegerField()
    told = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "shard"], name="fingerprints_shard_answers_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.shard}"
