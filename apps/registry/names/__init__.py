"""Names of protected people: how they are compared with what was written. Pure, no Django."""
