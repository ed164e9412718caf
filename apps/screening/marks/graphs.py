"""Workflow graphs that ComfyUI writes into what it saves: the whole recipe, readable.

Two forms: `prompt` (node id -> class_type, inputs) and `workflow` (a list of nodes with types).
Long graphs arrive cut off and are then read by pattern instead of as JSON.

Scores: 1.0 a node that generates music · 0.9 a sampler whose latents are decoded to audio ·
0.3 a graph of nodes that we do not know, which may only have edited the sound.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from apps.screening.audio import Tag
from apps.screening.marks.fields import GRAPH_KEYS, as_evidence, key_of
from apps.screening.marks.mark import Mark

_MOST_NODES = 20
_GENERATORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ace-step", re.compile(r"ace[_-]?step", re.IGNORECASE)),
    ("stable-audio", re.compile(r"stable[_-]?audio|^StabilityTextToAudio", re.IGNORECASE)),
    ("yue", re.compile(r"^YuE")),
    ("musicgen", re.compile(r"MusicGen")),
    ("minimax-music", re.compile(r"MiniMax\w*Music", re.IGNORECASE)),
    ("diffrhythm", re.compile(r"diff[_-]?rhythm", re.IGNORECASE)),
    ("suno", re.compile(r"^Suno[A-Z_]")),
    ("lyria", re.compile(r"^(?:Google|Gemini)?Lyria")),
    ("elevenlabs-music", re.compile(r"^ElevenLabs\w*Music")),
    ("sonauto", re.compile(r"^Sonauto")),
    ("mureka", re.compile(r"^Mureka")),
)
_ONLY_LOOKS = re.compile(r"analy[sz]|load|save|preview|caption|metadata|understand|view", re.I)
_SAMPLER = re.compile(r"sampler", re.IGNORECASE)
_AUDIO_LATENT = re.compile(r"^(?:VAEDecodeAudio|EmptyLatentAudio|VAEAudioDecode)\w*")
_CUT_OFF = re.compile(r'"(?:class_type|type)"\s*:\s*"([\w .+:()|/-]{1,100})"')
_MODEL = re.compile(r'"([\w .()\\/-]{1,150}\.(?:safetensors|ckpt|gguf|pth?|bin))"')


def find_graph_marks(tags: Sequence[Tag]) -> Iterator[Mark]:
    """One mark per field that holds a workflow graph."""
    for tag in tags:
        if key_of(tag) in GRAPH_KEYS and tag.value.lstrip().startswith(("{", "[")):
            nodes = read_nodes(tag.value)
            if nodes:
                yield _judge(tag, nodes)


def read_nodes(text: str) -> list[str]:
    """The types of all nodes of a graph, without repeats; [] when it is no graph."""
    try:
        found = list(_nodes(json.loads(text)))
    except (ValueError, RecursionError):
        found = _CUT_OFF.findall(text) if '"class_type"' in text or '"nodes"' in text else []
    return list(dict.fromkeys(found))


def _nodes(graph: Any) -> Iterator[str]:
    if not isinstance(graph, dict):
        return
    listed = graph.get("nodes")
    nodes = listed if isinstance(listed, list) else graph.values()
    key = "type" if isinstance(listed, list) else "class_type"
    for node in nodes:
        if isinstance(node, dict) and isinstance(node.get(key), str):
            yield node[key]


def _judge(tag: Tag, nodes: list[str]) -> Mark:
    tool, telling = _generator(nodes)
    score = 1.0
    if tool is None:
        telling = _sampled_audio(nodes)
        score = 0.9 if telling else 0.3
    shown = telling or nodes
    says = f"{tag.field} holds a ComfyUI graph with the node {shown[0]}."
    models = list(dict.fromkeys(_MODEL.findall(tag.value)))[:5]
    detail = {"nodes": shown[:_MOST_NODES], "models": models or None, "tool": tool or "comfyui"}
    return Mark("generator_workflow", score, says, as_evidence(tag, **detail), tool or "comfyui")


def _generator(nodes: list[str]) -> tuple[str | None, list[str]]:
    """The first generator that a node belongs to, and the nodes that say so."""
    making = [node for node in nodes if not _ONLY_LOOKS.search(node)]
    for tool, pattern in _GENERATORS:
        telling = [node for node in making if pattern.search(node)]
        if telling:
            return tool, telling
    return None, []


def _sampled_audio(nodes: list[str]) -> list[str]:
    latent = [node for node in nodes if _AUDIO_LATENT.match(node)]
    sampler = [node for node in nodes if _SAMPLER.search(node)]
    return [*latent, *sampler] if latent and sampler else []
