"""A bounded reader of text tags that keeps byte offsets. Standard library only: it runs in a
limited child, on hostile files."""
