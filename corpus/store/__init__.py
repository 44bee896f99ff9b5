"""Where an archive is kept: records in SQL, a lexical and a vector index derived from them, the source files."""
