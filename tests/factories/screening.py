"""Runs, results of checks, findings, renditions."""

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.screening.models import CheckResult, Finding, Rendition, ScreeningRun
from tests.factories.catalogue import AudioFileFactory, DeclarationFactory, short_wav


class ScreeningRunFactory(DjangoModelFactory):
    """A finished run."""

    class Meta:
        model = ScreeningRun

    declaration = factory.SubFactory(DeclarationFactory)
    track = factory.SelfAttribute("declaration.track")
    audio = factory.SelfAttribute("declaration.audio")
    state = ScreeningRun.State.DONE
    attempts = 1
    cpu_s = 3.9
    wall_s = 2.4
    started_at = factory.LazyFunction(timezone.now)
    finished_at = factory.LazyFunction(timezone.now)


class CheckResultFactory(DjangoModelFactory):
    class Meta:
        model = CheckResult

    run = factory.SubFactory(ScreeningRunFactory)
    slug = "provenance"
    version = "1"
    status = CheckResult.Status.OK
    cpu_s = 0.02
    wall_s = 0.03


class FindingFactory(DjangoModelFactory):
    """Something that a check found; `evidence` is a list as `checks.base.Evidence` holds it."""

    class Meta:
        model = Finding

    result = factory.SubFactory(CheckResultFactory)
    position = factory.LazyAttribute(lambda made: made.result.findings.count())
    code = "generator_tag"
    score = 1.0
    summary = "The file names a generator."
    evidence = factory.LazyFunction(
        lambda: [
            {
                "kind": "tag",
                "start_s": None,
                "end_s": None,
                "detail": {"field": "COMM", "value": "made with suno", "offset": 128},
            }
        ]
    )


class RenditionFactory(DjangoModelFactory):
    class Meta:
        model = Rendition

    class Params:
        data = factory.LazyFunction(short_wav)

    audio = factory.SubFactory(AudioFileFactory)
    kind = Rendition.Kind.PREVIEW
    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name=made.kind))
