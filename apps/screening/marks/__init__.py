"""Marks that programs leave in files: tags, workflow graphs, content credentials, labels. Pure."""
