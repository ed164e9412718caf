"""Finding a recording, or a part of one, in a catalogue of prints. Pure: numpy and files, no web.

An `Index` holds prints under numbers that its owner gave them. `index.search(query)` answers with
what shares audio and where; `docs/architecture.md`, "Fingerprints", says how it works.
"""
