"""Embedding models behind one contract, the shipped model, and its training."""
