.DEFAULT_GOAL := help
.PHONY: help install start dev build test check format bench load clean \
	ci setup-hooks run-hooks images security-scan security-scan-critical \
	up down logs needs-installation needs-images deploy-prod deploy-prod-update

# npm writes this file last, so it is newer than the lockfile exactly when the installation is whole.
INSTALLED := node_modules/.package-lock.json
BUILT := dist/server/cli.js
SOURCES := $(shell find src migrations scripts package.json -type f -not -name '*.test.ts' 2>/dev/null)

## On this machine

help: ## List the targets
	@awk -F ':.*## ' '/^## / { print "\n" substr($$0, 4) } /^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)

install: $(INSTALLED) ## Install what is missing, the pinned Node 24 included

# Not `npm ci`: it refuses a lockfile made where some platforms' optional packages could not be seen, which a
# machine of such a platform has to add. What the lockfile names is installed as it names it either way.
$(INSTALLED): package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

start: $(BUILT) ## Start CommandCenter (PORT, HOST, DATA_DIR)
	@bin/commandcenter start

build: $(BUILT) ## Build the server, the web application and the prepared database

$(BUILT): $(INSTALLED) $(SOURCES)
	npm run --silent build
	@touch $@

dev: $(INSTALLED) ## Start from the source and restart on changes
	npm run --silent dev

test: $(BUILT) ## Check and test everything, on the embedded database and on PostgreSQL
	npm run --silent check
	npm test
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then npm run --silent test:server; \
	elif [ -n "$$CI" ]; then echo 'PostgreSQL is missing: CI tests on it too.' >&2; exit 1; \
	else echo 'PostgreSQL is not installed here, so the tests on it were skipped: apt-get install postgresql redis-server'; fi
	@if $(DOCKER) compose version >/dev/null 2>&1 && $(DOCKER) info >/dev/null 2>&1; then npm run --silent test:containers; \
	elif [ -n "$$CI" ]; then echo 'Docker with Compose is missing: CI tests on it too.' >&2; exit 1; \
	else echo 'No Docker with Compose answers here, so the tests of images and deploys were skipped.'; fi

check: $(INSTALLED) ## Lint, types, import rules, dead code, generated files
	npm run --silent check

format: $(INSTALLED) ## Format and apply safe fixes
	npm run --silent format

bench: $(BUILT) ## Measure start, loop and API; CLONES=folder adds detection, COLLECTIONS=folder retrieval
	node_modules/.bin/node bench/startup/run.ts $(CHUNKS)
	node_modules/.bin/node bench/loop/run.ts
	$(if $(CLONES),node_modules/.bin/node bench/detection/run.ts $(CLONES))
	$(if $(COLLECTIONS),node_modules/.bin/node bench/retrieval/run.ts $(COLLECTIONS))
	$(if $(wildcard /usr/lib/postgresql/*/bin/initdb),node_modules/.bin/node bench/api/run.ts)

PROFILE ?= ramp spike soak
ON ?= compose
load: $(BUILT) ## Put the load of a team of 200 on an installation of its own (PROFILE, ON=processes)
	node_modules/.bin/node bench/load/run.ts $(PROFILE) --on=$(ON)

clean: ## Remove what was built (never your data)
	rm -rf dist node_modules coverage test-results

## Delivery

ci: $(BUILT) ## What the pipeline does, here
	npm run --silent ci

setup-hooks: $(INSTALLED) ## Let git check every commit and push
	npm run --silent hooks -- install

run-hooks: $(INSTALLED) ## The checks of a commit, on all files
	npm run --silent hooks -- run pre-commit --all-files --no-auto-install

security-scan: $(INSTALLED) ## Look for secrets, and for packages with known vulnerabilities
	npm run --silent scan

security-scan-critical: $(INSTALLED) ## The same; only what is high or critical fails
	npm run --silent scan -- --severity high

## Containers

DOCKER ?= docker
COMPOSE ?= $(DOCKER) compose
REVISION = $(shell git rev-parse HEAD)
VERSION = $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)

images: $(INSTALLED) ## Build both images; their tags are the revision, the version and latest
	node_modules/.bin/node scripts/delivery/images.ts build
	@for name in commandcenter commandcenter-web; do for tag in $(VERSION) latest; do \
		$(DOCKER) tag $$name:$(REVISION) $$name:$$tag || exit 1; done; done

# Development in containers, with secrets of its own that outlive `make clean`.
DEVELOPMENT := data/development
IN_DEVELOPMENT = SECRETS_DIR=$(CURDIR)/$(DEVELOPMENT)/secrets $(COMPOSE) --project-name commandcenter-development \
	--file deploy/compose/docker-compose.yml --file deploy/compose/docker-compose.dev.yml

$(DEVELOPMENT)/.env: | $(INSTALLED)
	@mkdir -p $(@D)
	@node_modules/.bin/node src/cli/main.ts init $(@D) --domain localhost >/dev/null

up: $(DEVELOPMENT)/.env ## Develop in containers: hot reload, debugger, page on 127.0.0.1:8080; prints a login link
	$(IN_DEVELOPMENT) up --build --detach --wait
	@$(IN_DEVELOPMENT) exec -T api node src/cli/main.ts login-link

down: ## Stop it; its data stays
	$(IN_DEVELOPMENT) down

logs: ## Follow what it logs
	$(IN_DEVELOPMENT) logs --follow --tail 100

# What acts on an installation asks for its folder before anything else is done.
needs-installation:
	@test -n "$(DIR)" || { echo 'Say which installation: make $(MAKECMDGOALS) DIR=/srv/radar' >&2; exit 2; }
	@test -f "$(DIR)/.env" || { echo '$(DIR) holds no .env, so it is no installation. Make one:' \
		'bin/commandcenter init $(DIR) --domain radar.example.com' >&2; exit 2; }

needs-images: needs-installation
	@test -n "$(IMAGE)" -a -n "$(WEB_IMAGE)" || { echo 'Say which images, best by digest:' \
		'make $(MAKECMDGOALS) DIR=$(DIR) IMAGE=registry/commandcenter@sha256:… WEB_IMAGE=…' >&2; exit 2; }

deploy-prod: needs-installation $(BUILT) ## Deploy what DIR/.env names: make deploy-prod DIR=/srv/radar (OPTIONS=--allow-tags)
	bin/commandcenter deploy "$(DIR)" $(OPTIONS)

deploy-prod-update: needs-images $(BUILT) ## Deploy others: make deploy-prod-update DIR=… IMAGE=… WEB_IMAGE=…
	bin/commandcenter deploy "$(DIR)" --image "$(IMAGE)" --web-image "$(WEB_IMAGE)" $(OPTIONS)
