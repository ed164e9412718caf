"""The names of the checks in order, for pages: the checks themselves would load audio libraries."""

CHECK_TITLES: dict[str, str] = {
    "technical": "Sound and file",
    "fingerprint": "Same recording",
    "provenance": "Marks in the file",
    "metadata": "Metadata",
    "disclosure": "Declaration and file",
}
