# Every habit of this project. `make` alone lists them.
PYTHON ?= python3
STAGE ?= local
VENVS := .venvs
TOOLS := $(VENVS)/tools/.done
DEV := $(VENVS)/dev/.done
CLOUD := $(VENVS)/cloud/.done
SAM := $(VENVS)/sam/.done
TRAIN := $(VENVS)/train/.done
UV := $(VENVS)/tools/bin/uv
BIN := $(VENVS)/dev/bin
# The interpreter that stages of AWS run, and that SAM needs to build for them.
RUNTIME = $(shell sed -n 's/.*PythonRuntime=\([^ "]*\).*/\1/p' samconfig.toml | head -1)

# What the host exports for other projects must not reach ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
# Trust what the machine trusts: some networks have certificates of their own.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: named help setup demo test check format bench train bench-language build deploy lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV) $(CLOUD) $(SAM) ## Make the three environments from the locked files

demo: setup ## Play an evening on the local cloud; the stack stays up until Ctrl-C
	@$(BIN)/repartee demo $(ARGS)

# Two halves at once, for two processors: on the local cloud tests wait more than they work. With
# ARGS it is one run of what they name. The second half is shown when both have ended.
test: setup ## Run all tests, those on the local cloud included
ifdef ARGS
	@$(BIN)/pytest $(ARGS)
else
	@mkdir -p .local; $(BIN)/pytest -q -p no:cacheprovider tests/unit tests/integration tests/faults \
	    --ignore tests/faults/test_crash_points.py >.local/half.log 2>&1 & half=$$!; \
	$(BIN)/pytest -q tests/browser tests/cloud tests/faults/test_crash_points.py; first=$$?; \
	wait $$half; second=$$?; cat .local/half.log; \
	test $$first -eq 0 && test $$second -eq 0
endif

check: setup ## Format, lint, types, template and the rules of the house
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/cfn-lint template.yaml
	@$(BIN)/pytest -q tests/unit/test_structure.py tests/unit/test_template.py

format: setup ## Put the code into its form
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

bench: setup ## Measure against floors and peers in the same run
	@$(BIN)/python -m bench $(ARGS)

train: $(TRAIN) ## Train the language models from labelled texts (REPARTEE_SHARED has most of them)
	@# The order of sets and the number of threads move sums in their last digits.
	@PYTHONHASHSEED=0 OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(VENVS)/train/bin/python -m training $(ARGS)

bench-language: $(TRAIN) ## Measure how well texts are read, beside what others read
	@$(VENVS)/train/bin/python -m bench.language $(ARGS)

named: # A stage of AWS: `local` is deployed by `make demo`, and must not reach somebody's account
	@test "$(STAGE)" != local || { echo "Name a stage: make deploy STAGE=staging"; exit 1; }

build: $(SAM) ## Build the functions and layers with SAM, and their bytecode
	$(VENVS)/sam/bin/sam build --config-env $(STAGE)
	@# SAM ships none and dates all files 1980, so that every start would compile what it imports.
	$(RUNTIME) -m compileall -q --invalidation-mode unchecked-hash .aws-sam/build

deploy: named build ## Deploy to STAGE (staging or production) with your own AWS credentials
	$(VENVS)/sam/bin/sam deploy --config-env $(STAGE)

lock: $(TOOLS) ## Resolve all dependencies anew and lock them with hashes
	@for name in tools cloud sam dev train; do \
	  $(UV) pip compile -q --upgrade $(LOCK) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@for name in dependencies language; do \
	  $(UV) pip compile -q --upgrade $(LOCK) -c requirements/dev.txt layers/$$name/requirements.in \
	    -o layers/$$name/requirements.txt || exit 1; done
LOCK := --universal --generate-hashes --python-version 3.11 --no-annotate --custom-compile-command "make lock"

clean: ## Remove environments, builds and local state
	rm -rf $(VENVS) .aws-sam .local .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(TOOLS): requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Repartee needs Python 3.11 or newer; PYTHON=... names another one."; exit 1; }
	@echo "Setting up the tools"
	@$(PYTHON) -m venv --clear $(VENVS)/tools
	@$(VENVS)/tools/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

$(DEV) $(TRAIN): pyproject.toml

$(VENVS)/%/.done: requirements/%.txt $(TOOLS)
	@echo "Setting up $*"
	@$(UV) venv -q --clear --python "$$($(VENVS)/tools/bin/python -c 'import sys; print(sys.executable)')" $(VENVS)/$*
	@$(UV) pip install -q --python $(VENVS)/$*/bin/python --require-hashes -r requirements/$*.txt
	@if [ $* = dev ] || [ $* = train ]; then \
	  $(UV) pip install -q --python $(VENVS)/$*/bin/python --no-deps --no-build-isolation -e .; fi
	@touch $@
