"""Comparing a declaration with the file, with the register of tools, and with itself. Pure."""
