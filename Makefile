# make chat             set up, index seeds/ and chat
# make chat Q="..."     answer one question and exit
# make test             set up what the tests need, and run every check
# PYTHON=python3.12     the interpreter to set up with (3.11 to 3.13)

PYTHON ?= python3

# The question reaches the shell through the environment and unexpanded, so that quotes and $ in it stay as typed.
unexport Q
export DATELINE_QUESTION := $(value Q)

.PHONY: chat test
.DELETE_ON_ERROR:

chat: .venv/.installed
	@.venv/bin/dateline index seeds > /dev/null
	@.venv/bin/dateline chat $${DATELINE_QUESTION:+-- "$$DATELINE_QUESTION"}

test: .venv/.installed-test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/pytest

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	.venv/bin/python -m pip install -c constraints.txt -e .
	@touch $@

# After the first installation rather than beside it: `make -j` must not run pip twice in one environment.
.venv/.installed-test: .venv/.installed
	.venv/bin/python -m pip install -c constraints.txt -e '.[test]'
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	|| { echo 'Dateline needs Python 3.11, 3.12 or 3.13, and "$(PYTHON)" is none of them: name one, as in `make chat PYTHON=python3.12`.' >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
