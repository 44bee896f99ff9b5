"""Who may ask: keys, sessions, roles, limits, and the log of changes."""
