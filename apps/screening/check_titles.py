"""The names of the checks in order, for pages: the checks themselves would load audio libraries."""

CHECK_TITLES: dict[str, str] = {
    "technical": "Sound and file",
    "fingerprint": "Same recording",
    "provenance": "Marks in the file",
    "synthetic_audio": "Generated sound",
    "metadata": "Metadata",
    "name_likeness": "Borrowed names",
    "voice_likeness": "Voices",
    "disclosure": "Declaration and file",
}
