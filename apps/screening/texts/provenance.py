"""What marks in the file mean, and what to do about them."""

from apps.screening.finding_text import FindingText

PROVENANCE_TEXTS: dict[str, FindingText] = {
    "generator_tag": FindingText(
        "The file says that AI made it",
        "A field in your file names a music generator.",
        "Score 1.0: a form known from that generator. 0.9: a whole-field statement, or a song's "
        "address on its site. 0.6: its site alone, which may be a link and nothing more.",
        "If it is so, declare which parts were generated and with which tool. If the field is "
        "wrong, tell us how it got there.",
    ),
    "generator_workflow": FindingText(
        "The file holds the recipe of a generator",
        "A workflow that generates sound was saved into your file.",
        "ComfyUI graph. Score 1.0: a node that generates music. 0.9: a sampler and an audio "
        "decoder. 0.3: nodes that we do not know, which may only have edited the sound.",
        "Declare which parts were generated and with which model.",
    ),
    "c2pa_generated": FindingText(
        "The content credentials say: generated",
        "Your file carries signed credentials which say that a model made it.",
        "Digital source type trainedAlgorithmicMedia, or Suno's own assertion. Score 1.0: the "
        "file's own manifest, valid. 0.9: what it was made from. 0.6: the manifest does not hold.",
        "Declare which parts were generated and with which tool.",
    ),
    "c2pa_composite": FindingText(
        "The content credentials say: partly generated",
        "Your file carries signed credentials which say that parts of it were generated.",
        "Composite source types, generated components, or generation in an editing step. Score "
        "0.3: composite or virtual recording, which may hold generated parts or not.",
        "Declare which parts were generated and with which tool.",
    ),
    "c2pa_ai_tool_use": FindingText(
        "A model improved the sound",
        "Your file says that an AI tool cleaned or improved it. That is allowed.",
        "Digital source type algorithmicallyEnhanced: tool use, not generation.",
        "Nothing to fix. You may declare the tool under mixing, mastering or clean-up.",
    ),
    "c2pa_invalid": FindingText(
        "The content credentials do not hold",
        "Your file carries credentials, but they do not fit it or cannot be read.",
        "Often harmless: editing tags after signing breaks them. What they claim counts less.",
        "Send the file as your program exported it, if you still have it.",
    ),
    "iptc_digital_source": FindingText(
        "The metadata says: generated",
        "A standard field in your file says that a model made it, in whole or in part.",
        "IPTC DigitalSourceType in XMP or a tag. Score 0.3: types that may hold generated parts.",
        "Declare which parts were generated and with which tool.",
    ),
    "aigc_label": FindingText(
        "A label for generated content",
        "Your file carries the label that services in China put on what they generate.",
        "Field AIGC (GB 45438-2025). Score 1.0: label 1, generated. 0.7: 2, possibly. 0.4: 3, "
        "suspected. 0.5: not readable.",
        "Declare which parts were generated and with which tool.",
    ),
    "human_origin_claim": FindingText(
        "The file says that a person made it",
        "A field in your file says that a person recorded or made it.",
        "Digital source type digitalCapture, humanEdits or digitalCreation. Weak: anybody can "
        "write it. It is never a proof that no AI was used.",
        "Nothing to fix.",
    ),
    "workstation_mark": FindingText(
        "Written by a recording program",
        "Your file was saved by a program for recording or editing music.",
        "bext originator, ISFT or Logic's own chunk. Weak: generated sound can be saved there.",
        "Nothing to fix.",
    ),
}
