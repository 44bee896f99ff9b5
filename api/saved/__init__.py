"""What people keep for later: searches, and collections of passages, tasks, goals and documents with their notes."""
