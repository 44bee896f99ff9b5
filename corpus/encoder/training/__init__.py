"""The recipe of the shipped model: sources, vocabulary, pairs, the loop."""
