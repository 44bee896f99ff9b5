"""Work on an archive that outlives a request: files sent in, documents taken out, done by a process of its own."""
