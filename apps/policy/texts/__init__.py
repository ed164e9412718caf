"""What reasons say, one module per subject; `policy/reasons.py` puts them together."""
