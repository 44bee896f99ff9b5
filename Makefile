# make run  - set up, index the sample archive, answer three questions, serve http://127.0.0.1:8000
# make test - set up what the tests need (system packages too), then lint, types and tests
# make lock - resolve the dependencies again

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TORCH  := torch==2.13.0
HOST   ?= 127.0.0.1
PORT   ?= 8000
ARCHIVE ?= archive

.DEFAULT_GOAL := help
.PHONY: help setup run test lock clean

help:
	@grep -E '^# make' Makefile | sed 's/^# //'

setup: $(VENV)/.installed

# PyTorch goes first and by itself: which build of it a machine gets (CPU or CUDA) is for that machine's pip
# configuration to say, so its hash cannot be in the lock. Everything else is locked by hash.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps $(TORCH)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
