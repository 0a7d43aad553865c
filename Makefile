# Everything one does here. `make help` reads the comments below; scripts/setup prepares the checkout on the way.

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r verb what; do printf 'make %-7s %s\n' "$$verb" "$$what"; done

CITY = valencia

run: ## Set up and serve the demo city at http://localhost:8000 (Ctrl-C stops it); CITY=amiens takes the other one
	@exec env BEFFROI_CITY="$${BEFFROI_CITY:-$(CURDIR)/demo/$(CITY)/city.toml}" scripts/setup beffroi demo

test: ## Get what the tests need and run them all
	@scripts/test-tools
	@scripts/setup pytest

check: ## Lint, format, types, contracts
	@scripts/setup sh -ec 'ruff check .; ruff format --check .; mypy; lint-imports'

bench: ## Measure on this machine what the documentation claims
	@scripts/setup beffroi bench cap tests/data/cap $(wildcard ../shared/data/cap/messages)

prove: ## Run the full sizes and write docs/proofs/*.json
	@scripts/setup beffroi prove

wheel: ## Build what docs/install.md installs, into dist/: the wheel and the list of the exact packages that it was tested with
	@scripts/setup uv build --quiet --wheel --out-dir dist
	@scripts/setup uv export --quiet --frozen --no-dev --no-emit-project --output-file dist/requirements.txt

clean: ## Remove all that make made: packages, caches, the data of the demo and of the tests
	@[ ! -x .venv/bin/python ] || .venv/bin/python -c 'from beffroi.ops.postgres import remove, state; [remove(state(n)) for n in ("valencia", "amiens", "tests")]'
	@rm -rf dist .venv .tools frontend/node_modules beffroi/web/static/vendor test-artifacts .*_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help run test check bench prove wheel clean
