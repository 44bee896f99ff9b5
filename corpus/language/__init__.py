"""Vietnamese text: one spelling, words, places, dates, document numbers."""
