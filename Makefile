# What a person at work on this project types. Bare `make` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test system-test verify check audit format pins bench bench-quick athena package bundle pictures clean

PYTHON := .venv/bin/python
BENCH := .cache/bench/python
TEMPLATES := $(wildcard */templates/*.j2 */*/templates/*.j2)
PIN := uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the pages at http://localhost:8000, with sample tweets if there are no others
	@./bootstrap.sh run

test: ## Run all tests
	@./bootstrap.sh test

system-test: ## Take whole Debian and Ubuntu machines through the life of a server, as root: some minutes each
	@./bootstrap.sh install-dev
	$(PYTHON) -m tests.system

verify: check audit test ## Check format, lint, types, templates and known holes, then run all tests

check: ## Check format, lint, types and templates
	@./bootstrap.sh install-dev
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m bandit --quiet --configfile pyproject.toml --recursive app collector deploy/machine mailer report gunicorn.conf.py
	$(PYTHON) -m djlint --lint --quiet $(TEMPLATES)
	.venv/bin/cfn-lint deploy/template.yaml
	.venv/bin/shellcheck --external-sources bootstrap.sh deploy/machine/keep.sh

audit: ## Look up known holes in what is pinned; says so where nothing can be looked up
	@./bootstrap.sh install-dev
	$(PYTHON) -m tests.audit

format: ## Format the code and mend what lint can mend
	@./bootstrap.sh install-dev
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

pins: ## Pin the newest versions of what requirements*.in name, with hashes
	python3 -m venv --clear .cache/pins && .cache/pins/bin/python -m pip install --quiet uv
	.cache/pins/bin/$(PIN) --upgrade requirements.in --output-file requirements.txt
	.cache/pins/bin/$(PIN) --upgrade --constraint requirements.txt requirements-dev.in --output-file requirements-dev.txt
	.cache/pins/bin/$(PIN) --upgrade --constraint requirements.txt requirements-bench.in --output-file requirements-bench.txt

bench: $(BENCH) ## Measure against other ways of doing the same: half an hour, 8 GB of disk
	$(BENCH)/bin/python -m benchmarks
	$(BENCH)/bin/python -m benchmarks.objects
	$(BENCH)/bin/python -m benchmarks.serving
	./bootstrap.sh install-dev && $(PYTHON) -m benchmarks.mail && $(PYTHON) -m benchmarks.load
	$(BENCH)/bin/python -m benchmarks.evaluation

bench-quick: $(BENCH) ## The same with small sizes: shows that all ways agree
	$(BENCH)/bin/python -m benchmarks --quick
	$(BENCH)/bin/python -m benchmarks.evaluation --quick

# An environment of its own, for what is set beside ours and nobody else needs.
$(BENCH): requirements-bench.txt
	python3 -m venv --clear $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

athena: ## Write deploy/athena and the parts of deploy/template.yaml that are said elsewhere anew
	@./bootstrap.sh install-dev
	STORAGE_URL=s3://your-bucket/your-prefix ATHENA_DATABASE=twitter_trends $(PYTHON) -m report athena-tables --to deploy/athena
	$(PYTHON) -m deploy.packaging template

package: ## Write build/function.zip, the collector for Lambda
	@./bootstrap.sh install-dev
	$(PYTHON) -m deploy.packaging function

bundle: ## Write build/bundle.zip, the pages and the mail for Elastic Beanstalk
	@./bootstrap.sh install-dev
	$(PYTHON) -m deploy.packaging bundle

pictures: ## Take the screenshots in docs/pictures anew, of sample tweets
	@./bootstrap.sh install-dev
	$(PYTHON) -m tests.e2e.pictures

clean: ## Remove what can be made again: the environment and caches, not tweets, mail or reports
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build preview
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
