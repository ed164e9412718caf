"""Marks in files: real files where the container matters, tags alone where only the words do."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.screening.audio import Audio, Source, Tag
from apps.screening.checks.base import Finding, Submission
from apps.screening.checks.provenance import ProvenanceCheck, UnreadTags
from apps.screening.codes import TEXTS
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from apps.screening.marks.sources import claim_of
from tests.screening.signing import SOURCE, created, manifest, sign
from tests.sounds import encode

SONG_ID = "f164ed66-0c33-4a84-837d-82353f9fc76b"
SUNO = f"made with suno; created=2026-06-19T20:54:59.732179Z; id={SONG_ID}"
SONG = f"https://suno.com/song/{SONG_ID}"
GENERATED = "trainedAlgorithmicMedia"
SUBMISSION = Submission(declaration=None, filename="x.wav")


def audio_with(*tags: Tag, c2pa: dict[str, Any] | None = None, error: str | None = None) -> Audio:
    """Half a second of silence with these tags."""
    source = Source("wav", "pcm_s16le", 8_000, 1, 16, None, 0.5, True, 100, 0, 0, ".wav")
    pcm = np.zeros((4_000, 1), np.float32)
    return Audio(pcm, 8_000, 0.5, source, tags, c2pa, "0" * 64, "0" * 64, error)


def look(*tags: Tag, c2pa: dict[str, Any] | None = None) -> list[Finding]:
    return ProvenanceCheck().run(audio_with(*tags, c2pa=c2pa), SUBMISSION)


def look_into(path: Path, limits: Limits) -> list[Finding]:
    with open_audio(path, filename=path.name, limits=limits) as audio:
        return ProvenanceCheck().run(audio, SUBMISSION)


def told(findings: list[Finding]) -> dict[str, float]:
    return {found.code: found.score for found in findings}


def graph(*classes: str) -> str:
    nodes = {str(n): {"class_type": name, "inputs": {"seed": n}} for n, name in enumerate(classes)}
    return json.dumps(nodes)


# ------------------------------------------------------------------ real files


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".m4a", ".ogg", ".wav"])
def test_sunos_statement_is_found_in_every_container(
    melody: Path, tmp_path: Path, limits: Limits, suffix: str
) -> None:
    path = encode(melody, tmp_path / f"song{suffix}", "-metadata", f"comment={SUNO}")
    [found] = look_into(path, limits)
    assert (found.code, found.score) == ("generator_tag", 1.0)
    [evidence] = found.evidence
    assert evidence.kind == "tag"
    assert evidence.detail["value"] == SUNO
    assert evidence.detail["tool"] == "suno"
    assert evidence.detail["made_on"] == "2026-06-19"
    assert SUNO.encode() in path.read_bytes()[evidence.detail["offset"] :][:400]


def test_a_graph_is_found_in_a_real_flac(melody: Path, tmp_path: Path, limits: Limits) -> None:
    text = graph("CheckpointLoaderSimple", "TextEncodeAceStepAudio", "KSampler", "SaveAudio")
    path = encode(melody, tmp_path / "song.flac", "-metadata", f"prompt={text}")
    [found] = look_into(path, limits)
    assert (found.code, found.score) == ("generator_workflow", 1.0)
    assert found.evidence[0].detail["tool"] == "ace-step"


def test_plain_encodes_carry_no_mark(melody: Path, tmp_path: Path, limits: Limits) -> None:
    for suffix in (".mp3", ".flac", ".m4a", ".opus"):
        path = encode(melody, tmp_path / f"plain{suffix}", "-metadata", "title=Made with Suno")
        assert look_into(path, limits) == []


def test_signed_credentials_of_a_generator(melody: Path, tmp_path: Path, limits: Limits) -> None:
    system = {"providerName": "Suno, Inc.", "systemName": "Suno", "systemVersion": "chirp-fenix"}
    own = {"label": "com.suno.provenance", "data": system}
    made = manifest("Suno", [created(GENERATED)], own)
    path = sign(melody, tmp_path / "made.wav", made)
    [found] = look_into(path, limits)
    assert (found.code, found.score) == ("c2pa_generated", 1.0)
    detail = found.evidence[0].detail
    assert found.evidence[0].kind == "c2pa"
    assert detail["value"] == SOURCE + GENERATED
    assert (detail["tool"], detail["issuer"], detail["valid"]) == ("suno", "Test Signer", True)


def test_credentials_that_no_longer_fit(melody: Path, tmp_path: Path, limits: Limits) -> None:
    path = sign(melody, tmp_path / "x.wav", manifest("Suno", [created(GENERATED)]))
    changed = bytearray(path.read_bytes())
    changed[changed.index(b"data") + 5_000] ^= 1
    path.write_bytes(changed)
    found = look_into(path, limits)
    assert told(found) == {"c2pa_invalid": 1.0, "c2pa_generated": 0.6}
    assert "dataHash.mismatch" in found[0].summary


def test_an_edited_generated_file_is_still_generated(
    melody: Path, tmp_path: Path, limits: Limits
) -> None:
    made = sign(melody, tmp_path / "made.wav", manifest("Gen", [created(GENERATED)]))
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    edited = {"action": "c2pa.edited", "digitalSourceType": SOURCE + "humanEdits"}
    path = sign(made, tmp_path / "edited.wav", manifest("Editor", [opened, edited]), parent=made)
    found = look_into(path, limits)
    assert told(found) == {"human_origin_claim": 0.5, "c2pa_generated": 0.9}


@pytest.mark.parametrize(
    ("source_type", "expected"),
    [
        ("compositeWithTrainedAlgorithmicMedia", {"c2pa_composite": 1.0}),
        ("compositeSynthetic", {"c2pa_composite": 1.0}),
        ("composite", {"c2pa_composite": 0.3}),
        ("algorithmicallyEnhanced", {"c2pa_ai_tool_use": 1.0}),
        ("digitalCapture", {"human_origin_claim": 0.5}),
        ("algorithmicMedia", {}),
        ("somethingNewer", {}),
    ],
)
def test_every_source_type_says_what_it_says(
    melody: Path, tmp_path: Path, limits: Limits, source_type: str, expected: dict[str, float]
) -> None:
    path = sign(melody, tmp_path / "x.wav", manifest("Some Program", [created(source_type)]))
    assert told(look_into(path, limits)) == expected


# ------------------------------------------------------------------ tags alone


@pytest.mark.parametrize(
    ("tag", "score", "tool"),
    [
        (Tag("COMM", SUNO, 10, "id3"), 1.0, "suno"),
        (Tag("TXXX:comment", "Made with Suno Studio; id=1", 10, "id3"), 1.0, "suno"),
        (Tag("comment", "made with suno; created=2026-0", 1, "id3v1"), 1.0, "suno"),
        (Tag("DESCRIPTION", SUNO, 10, "vorbis"), 1.0, "suno"),
        (Tag("ICMT", "made with suno", 10, "riff_info"), 1.0, "suno"),
        (Tag("©cmt", SUNO, 10, "mp4"), 1.0, "suno"),
        (Tag("WOAS", SONG, 10, "id3"), 1.0, "suno"),
        (Tag("WXXX:link", SONG, 10, "id3"), 0.9, "suno"),
        (Tag("COMM", SONG, 10, "id3"), 0.9, "suno"),
        (Tag("WOAR", "https://suno.com/@somebody", 10, "id3"), 0.6, "suno"),
        (Tag("COMM", "www.udio.com", 10, "id3"), 0.6, "udio"),
        (Tag("WOAF", "https://www.udio.com/songs/abcd1234", 10, "id3"), 1.0, "udio"),
        (Tag("TXXX:SUNO_ID", "f164ed66", 10, "id3"), 1.0, "suno"),
        (Tag("suno_lineage", "Extended from 0a1b2c3d", 10, "vorbis"), 1.0, "suno"),
        (Tag("----:com.apple.iTunes:SUNO_MODEL", "chirp-crow", 10, "mp4"), 1.0, "suno"),
        (Tag("COMM", "Made with Udio", 10, "id3"), 0.9, "udio"),
        (Tag("COMMENT", "This song was created using Stable Audio 2.0.", 1, "vorbis"), 0.9,
         "stable-audio"),
    ],
)  # fmt: skip
def test_marks_of_generators(tag: Tag, score: float, tool: str) -> None:
    [found] = look(tag)
    assert (found.code, found.score) == ("generator_tag", score)
    assert found.evidence[0].detail["tool"] == tool
    assert found.evidence[0].detail["field"] == tag.field


INNOCENT = [
    Tag("TPE1", "Suno", 1, "id3"),
    Tag("TIT2", "Made with Suno; a love song", 1, "id3"),
    Tag("TALB", "https://suno.com/song/1234", 1, "id3"),
    Tag("USLT", SUNO, 1, "id3"),
    Tag("ARTIST", "Udio", 1, "vorbis"),
    Tag("TCON", "Udio", 1, "id3"),
    Tag("COMM", "Muse", 1, "id3"),
    Tag("COMM", "Swan Lake, Partita, Sora, Glide, Flux, Veo, Grok", 1, "id3"),
    Tag("COMM", "made with love", 1, "id3"),
    Tag("COMM", "Made with Suno's help I quit smoking", 1, "id3"),
    Tag("COMM", "not made with suno", 1, "id3"),
    Tag("COMM", "made with Jen", 1, "id3"),
    Tag("COMM", "produced by Aiva", 1, "id3"),
    Tag("COMM", "Created using Logic Pro", 1, "id3"),
    Tag("COMM", "I uploaded this to https://suno.com/ once, then re-recorded it", 1, "id3"),
    Tag("COMM", "https://notsuno.com/song/1234", 1, "id3"),
    Tag("COMM", "https://suno.com.example.org/song/1234", 1, "id3"),
    Tag("COMM", "https://example.org/suno.com/song/1234", 1, "id3"),
    Tag("WOAR", "https://chatgpt.com/", 1, "id3"),
    Tag("TSSE", "Lavf60.16.100", 1, "id3"),
    Tag("ENCODER", "Lavc60.31 libvorbis", 1, "vorbis"),
    Tag("vendor", "Xiph.Org libVorbis I 20200704", 1, "vorbis"),
    Tag("TENC", "LAME 3.100", 1, "id3"),
    Tag("TXXX:SUNO_ID", "  ", 1, "id3"),
    Tag("TXXX:SUNORGANIC", "x", 1, "id3"),
    Tag("TXXX:prompt", "sing it softly", 1, "id3"),
    Tag("TXXX:workflow", "{not json", 1, "id3"),
    Tag("TXXX:workflow", '{"mood": "calm"}', 1, "id3"),
    Tag("COMM", "http://[", 1, "id3"),
    Tag("XMP", "<x>trainedAlgorithmicMedia</x>", 1, "id3"),
    Tag("PRIV", "www.amazon.com", 1, "id3"),
    Tag("GEOB", "image/png; cover.png; ; 100 bytes", 1, "id3"),
]


@pytest.mark.parametrize("tag", INNOCENT, ids=lambda tag: f"{tag.field}-{tag.value[:30]}")
def test_innocent_tags_give_nothing(tag: Tag) -> None:
    assert look(tag) == []


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["TPE1", "TIT2", "TALB", "USLT", "TCOM", "ARTIST", "TITLE", "ALBUM", "©nam"]),
    st.sampled_from(["Suno", SUNO, SONG, "Made with Udio", "udio.com"]) | st.text(max_size=40),
)
def test_names_titles_and_lyrics_are_never_looked_at(field: str, value: str) -> None:
    assert look(Tag(field, value, 1, "id3")) == []


@settings(deadline=None, max_examples=300)
@given(
    st.text(max_size=30), st.text(max_size=60), st.sampled_from(["id3", "vorbis", "riff", "mp4"])
)
def test_any_tag_at_all_is_survived(field: str, value: str, origin: str) -> None:
    for found in look(Tag(field, value, None, origin), Tag("prompt", value, None, origin)):
        assert found.code in TEXTS


def test_marks_of_one_tool_make_one_finding() -> None:
    findings = look(
        Tag("COMM", SUNO, 1, "id3"),
        Tag("WOAR", "suno.com", 9, "id3"),
        Tag("COMM", "udio.com", 5, "id3"),
    )
    assert [(found.score, len(found.evidence)) for found in findings] == [(1.0, 2), (0.6, 1)]


def test_long_values_are_cut_in_the_evidence() -> None:
    [found] = look(Tag("COMM", SUNO + "; note=" + "x" * 900, 1, "id3"))
    assert len(found.evidence[0].detail["value"]) == 301


@pytest.mark.parametrize(
    ("classes", "score", "tool"),
    [
        (["TextEncodeAceStepAudio", "EmptyAceStepLatentAudio", "KSampler"], 1.0, "ace-step"),
        (["YuE2GenerateMusic", "SaveAudioMP3"], 1.0, "yue"),
        (["ConditioningStableAudio", "KSampler", "VAEDecodeAudio"], 1.0, "stable-audio"),
        (["EmptyLatentAudio", "KSamplerAdvanced", "VAEDecodeAudio"], 0.9, "comfyui"),
        (["LoadAudio", "SomeEqualizer", "SaveAudio"], 0.3, "comfyui"),
        (["LoadAudio", "AceStepAudioAnalyzer"], 0.3, "comfyui"),
    ],
)
def test_graphs_are_judged_by_their_nodes(classes: list[str], score: float, tool: str) -> None:
    as_workflow = json.dumps({"nodes": [{"id": 1, "type": name} for name in classes]})
    for field, text in (("TXXX:prompt", graph(*classes)), ("workflow", as_workflow)):
        [found] = look(Tag(field, text, 7, "id3"))
        assert (found.code, found.score) == ("generator_workflow", score)
        assert found.evidence[0].detail["tool"] == tool


def test_a_graph_that_was_cut_off_is_still_read() -> None:
    text = graph("TextEncodeAceStepAudio", "KSampler", *["Note"] * 50)
    [found] = look(Tag("prompt", text[: len(text) // 2], 1, "vorbis"))
    assert found.score == 1.0


def test_a_graph_as_deep_as_can_be_is_survived() -> None:
    assert look(Tag("prompt", '{"a":' * 30_000, 1, "vorbis")) == []


@pytest.mark.parametrize(
    ("xmp", "code", "score"),
    [
        ('<rdf:Description Iptc4xmpExt:DigitalSourceType="{}trainedAlgorithmicMedia"/>',
         "iptc_digital_source", 1.0),
        ("<Iptc4xmpExt:DigitalSourceType>{}compositeSynthetic</Iptc4xmpExt:DigitalSourceType>",
         "iptc_digital_source", 1.0),
        ('<Iptc4xmpExt:DigitalSourceType rdf:resource="{}composite"/>', "iptc_digital_source", 0.3),
        ('<x Iptc4xmpExt:DigitalSourceType = "{}algorithmicallyEnhanced">',
         "c2pa_ai_tool_use", 0.8),
        ('<x Iptc4xmpExt:DigitalSourceType="{}digitalCapture">', "human_origin_claim", 0.3),
        ('<x a:DigitalSourceType="trainedAlgorithmicMedia">', "iptc_digital_source", 1.0),
    ],
)  # fmt: skip
def test_source_types_in_xmp(xmp: str, code: str, score: float) -> None:
    [found] = look(Tag("XMP", f"<x:xmpmeta>{xmp.format(SOURCE)}</x:xmpmeta>", 1, "id3"))
    assert (found.code, found.score) == (code, score)


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ('{"Label":"1","ContentProducer":"x","ProduceID":"y"}', 1.0),
        ('{"AIGC": {"Label": "2"}}', 0.7),
        ("{'Label': 3}", 0.4),
        ("value1", 0.5),
    ],
)
def test_the_chinese_label(value: str, score: float) -> None:
    for tag in (Tag("TXXX:AIGC", value, 1, "id3"), Tag("AIGC", value, 1, "vorbis")):
        [found] = look(tag)
        assert (found.code, found.score) == ("aigc_label", score)


def test_recording_programs_are_weak_marks() -> None:
    for tag in (
        Tag("Originator", "Logic Pro X", 300, "bext"),
        Tag("ISFT", "REAPER", 300, "riff_info"),
        Tag("LGWV", "48 bytes", 300, "riff"),
    ):
        [found] = look(tag)
        assert (found.code, found.score) == ("workstation_mark", 0.3)


# ------------------------------------------------------------------ manifests from strangers


def test_credentials_that_could_not_be_read_are_said_to_be_there() -> None:
    assert told(look(c2pa={"error": "The manifest cannot be read: x"})) == {"c2pa_invalid": 1.0}
    attached = Tag("GEOB", "application/c2pa; c2pa; c2pa manifest store; 9 bytes", 1, "id3")
    assert told(look(attached)) == {"c2pa_invalid": 0.8}
    assert told(look(Tag("C2PA", "900 bytes", 1, "riff"))) == {"c2pa_invalid": 0.8}


def test_a_component_makes_a_part_and_circles_end() -> None:
    made = [{"label": "c2pa.actions", "data": {"actions": [created(GENERATED)]}}]
    part = {"relationship": "componentOf", "active_manifest": "b"}
    back = {"relationship": "parentOf", "active_manifest": "a"}
    store = {
        "active_manifest": "a",
        "manifests": {
            "a": {"ingredients": [part], "assertions": []},
            "b": {"ingredients": [back], "assertions": made, "claim_generator": "Suno/1.0"},
        },
    }
    [found] = look(c2pa=store)
    assert (found.code, found.score) == ("c2pa_composite", 0.9)
    assert found.evidence[0].detail["tool"] == "suno"


def test_an_unknown_signer_does_not_make_a_manifest_wrong() -> None:
    failure = [{"code": "signingCredential.untrusted"}]
    made = [{"label": "c2pa.actions", "data": {"actions": [created(GENERATED)]}}]
    store = {
        "active_manifest": "a",
        "manifests": {"a": {"assertions": made}},
        "validation_state": "Valid",
        "validation_results": {"activeManifest": {"failure": failure}},
    }
    assert told(look(c2pa=store)) == {"c2pa_generated": 1.0}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["active_manifest", "manifests", "a", "assertions", "label", "data", "actions",
             "action", "ingredients", "claim_generator_info", "name", "validation_status",
             "digitalSourceType"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(["active_manifest", "manifests", "error"]), JSON))
def test_any_manifest_store_is_survived(store: dict[str, Any]) -> None:
    for found in look(c2pa=store):
        assert found.code in TEXTS
        json.dumps([dict(item.detail) for item in found.evidence])


@pytest.mark.parametrize("value", [None, 3, "", "http://example.org/", "digitalsourcetype/", [1]])
def test_no_claim_is_read_out_of_anything_else(value: object) -> None:
    assert claim_of(value) is None


# ------------------------------------------------------------------ when tags are missing


def test_tags_that_could_not_be_read_are_an_error_and_never_nothing_found() -> None:
    audio = audio_with(error="The file holds more than 500 tags; the rest were not read")
    with pytest.raises(UnreadTags, match="more than 500 tags"):
        ProvenanceCheck().run(audio, SUBMISSION)
    with_mark = replace(audio, tags=(Tag("COMM", SUNO, 1, "id3"),))
    with pytest.raises(UnreadTags, match="made with Suno"):
        ProvenanceCheck().run(with_mark, SUBMISSION)
