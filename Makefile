# make run    set up, index the sample archive, answer three questions, serve http://127.0.0.1:8000
# make test   set up what the tests need (system packages too), then lint, types and tests
# make lock   resolve the dependencies again
# make clean  remove the environment and the sample's archive

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps
TORCH   := torch==2.13.0
HOST    ?= 127.0.0.1
PORT    ?= 8000
ARCHIVE ?= archive
JOBS    ?= auto

.DEFAULT_GOAL := help
.PHONY: help setup system run demo test lint lock clean

help:
	@grep -E '^# make' Makefile | cut -c 3-

setup: $(VENV)/.installed

# PyTorch goes first and by itself: which build of it a machine gets (CPU or CUDA) is for its pip configuration to say,
# so its hash cannot be in the lock. Everything else is locked by hash.
$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Setting up $(VENV): PyTorch (the CPU build where pip finds one), then the locked dependencies"
	@$(PYTHON) -c 'import sys; sys.exit("Tiền Lệ needs Python 3.11 or newer; set PYTHON=…") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) '$(TORCH)+cpu' 2>/dev/null || $(PIP) '$(TORCH)'
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

run: setup demo
	@$(BIN)/tienle serve --archive $(ARCHIVE) --host $(HOST) --port $(PORT)

demo: setup
	@$(BIN)/tienle index corpus/sample --archive $(ARCHIVE)
	@for question in \
		'mục tiêu mức độ hài lòng của người dân qua các năm' \
		'đơn vị nào chủ trì duy trì phần mềm một cửa điện tử, thời hạn' \
		'phong chong bao lu so nao chu tri'; do \
		printf '\n\033[1m$$ tienle search "%s"\033[0m\n\n' "$$question"; \
		$(BIN)/tienle search "$$question" --archive $(ARCHIVE) --limit 3 || exit 1; \
	done

# A real browser and fonts for the tests of the pages, from the system's packages where they are missing.
system:
	@sh tests/system-packages.sh

test: setup system lint
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# torch is left out of the lock (see setup), its dependencies are in: uv has to find the CPU build, which needs no CUDA.
lock:
	@echo '$(TORCH)+cpu' > $(VENV)/torch.constraint
	uv pip compile pyproject.toml --group dev --python-version 3.11 --constraint $(VENV)/torch.constraint \
		--no-emit-package torch --generate-hashes --no-annotate --no-header \
		--output-file requirements.lock

clean:
	rm -rf $(VENV) $(ARCHIVE)
