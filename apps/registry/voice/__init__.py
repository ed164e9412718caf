"""Voices: how they are turned into numbers and compared. Pure, no Django."""
