"""Texts of finding codes, one module per check; `screening/codes.py` puts them together."""
