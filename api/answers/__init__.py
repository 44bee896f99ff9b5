"""From a question to an answer: plain Python over an archive, no HTTP and no files in it."""
