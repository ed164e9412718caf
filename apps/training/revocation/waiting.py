"""A step that has done what it can, and waits for people."""

from typing import Any


class Waiting(Exception):
    """Not done yet and nothing wrong; `proof`: what is done so far."""

    def __init__(self, **proof: Any) -> None:
        super().__init__("Waiting for people.")
        self.proof = proof
