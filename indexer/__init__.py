"""From a file to the archive: reading, structure, and the pipeline that joins them."""
