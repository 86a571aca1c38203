# make run opens the window, make test checks everything, make bench measures how fast it trains,
# paints, starts and steps. make monkey, make kill and make soak look for what only long and rough use
# brings to light. All set up what they need first: the system packages that Qt wants (Debian,
# Ubuntu) and a virtual environment in .venv. make oracle asks PyTorch for the same numbers; it
# installs it first, some gigabytes.

PYTHON ?= python3
VENV := .venv

.PHONY: run test oracle monkey kill soak lint bench clean system test-system
.NOTPARALLEL:

run: system $(VENV)/installed
	$(VENV)/bin/python main.py

test: test-system lint
	$(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

oracle: $(VENV)/installed
	$(VENV)/bin/python -m pip install --disable-pip-version-check --editable '.[oracle]'
	$(VENV)/bin/python -m tests.oracle.with_torch

# These three take OPTIONS, such as make monkey OPTIONS="--seed 7 --actions 5000".
monkey: test-system $(VENV)/installed
	$(VENV)/bin/python -m tests.gui.monkey.hunt $(OPTIONS)

kill: test-system $(VENV)/installed
	$(VENV)/bin/python -m tests.kill $(OPTIONS)

soak: test-system $(VENV)/installed
	$(VENV)/bin/python -m tests.soak $(OPTIONS)

lint: $(VENV)/installed
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy

bench: $(VENV)/installed
	$(VENV)/bin/python benchmarks/table.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system:
	$(call see-to-system-packages)

test-system:
	$(call see-to-system-packages,--tests)

$(VENV)/installed: pyproject.toml setup.py | system
	$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --disable-pip-version-check --editable '.[test]'
	touch $@

# Installs what gui/window/system_check.py finds missing when it may, else says how to and stops.
define see-to-system-packages
	@missing=$$($(PYTHON) gui/window/system_check.py $(1)) && exit 0; \
	test -n "$$missing" || exit 1; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		echo "Installing system packages: $$missing"; \
		apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq -y --no-install-recommends $$missing; \
	else \
		echo "Some system packages are missing. This installs them on Debian and Ubuntu:"; \
		echo "sudo apt-get install $$missing"; \
		exit 1; \
	fi
endef
