"""From a parsed document to its records: assignments, targets, citations, abbreviations that it defines."""
