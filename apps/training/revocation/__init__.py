"""What happens when something is taken back: cases, their steps, who owes what, who is told."""
