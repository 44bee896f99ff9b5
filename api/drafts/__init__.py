"""Drafts that come in at a door: read, kept for a day where they come by the pages, and worked on."""
