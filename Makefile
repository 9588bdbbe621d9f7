.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:

# Sin un HOME donde escribir (contenedores, CI), npm y pnpm mueren con EACCES: se les da uno dentro del repositorio.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
ifneq ($(wildcard $(HOME)/.npmrc),)
export npm_config_userconfig := $(HOME)/.npmrc
endif
export HOME := $(CURDIR)/.cache/home
$(shell mkdir -p $(CURDIR)/.cache/home)
endif

# pnpm sin instalar nada global: npm lo deja una vez en .cache y desde ahí se llama con node, sin npx (0,8 s por llamada en vez de 4).
PNPM_VERSION := 10.34.9
PNPM_DIR := .cache/pnpm-$(PNPM_VERSION)
PNPM := node $(PNPM_DIR)/node_modules/pnpm/bin/pnpm.cjs
BIN := node_modules/.bin
INSTALLED := node_modules/.modules.yaml
GENERATED := prisma/src/generated/.stamp
BUILT := .cache/built
PRISMA := catalog tenancy subscription identity workers tenant
PACKAGES := $(shell find . \( -name node_modules -o -name .cache -o -name dist -o -name .data \) -prune -o -name package.json -print)
SOURCES := $(shell find packages subgraphs gateway prisma identity workers local \( -name node_modules -o -name dist -o -name generated -o -name testing -o -name '*.test.ts' \) -prune -o \( -name '*.ts' -o -name tsconfig.json \) -print)
TSX := TSX_TSCONFIG_PATH=tsconfig.dev.json node --conditions=source --import tsx

# Cada fase larga dice lo que tardó: `make up` debe poder enseñar dónde se va el tiempo.
timed = @SECONDS=0; $(2); printf '  %-12s %5d s\n' $(1) $$SECONDS

.PHONY: help up down token migrate-db seed-demo add-product build-core build-worker test prove bench check lint types dead drift build schema schema-release format clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 18

$(PNPM_DIR)/node_modules/pnpm/bin/pnpm.cjs:
	$(call timed,pnpm,npm install --loglevel=error --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --prefix $(PNPM_DIR) pnpm@$(PNPM_VERSION) >/dev/null)

$(INSTALLED): $(PNPM_DIR)/node_modules/pnpm/bin/pnpm.cjs pnpm-lock.yaml pnpm-workspace.yaml .pnpmfile.cjs $(PACKAGES)
	$(call timed,install,$(PNPM) install --frozen-lockfile --reporter=silent)
	@touch $@

$(GENERATED): $(INSTALLED) $(wildcard prisma/*/schema.prisma) prisma/generate.sh
	$(call timed,generate,bash prisma/generate.sh $(PRISMA))
	@touch $@

$(BUILT): $(GENERATED) $(SOURCES) tsconfig.base.json tsconfig.json
	$(call timed,build,$(BIN)/tsc -b packages/cli)
	@mkdir -p $(@D) && touch $@

build: $(BUILT) ## compile everything into dist/

up: $(BUILT) ## start the whole stack with its demo; PROFILE=full gives each service a process of its own
	@exec node --enable-source-maps local/dist/up.js

down: $(BUILT) ## stop it; the data stay
	@node local/dist/down.js

token: $(BUILT) ## print an access token: AS=<demo login> or APP=<instance id>
	@node local/dist/token.js

migrate-db: $(BUILT) ## migrate the control plane's databases, of DATABASE_URL or of the running stack
	@./farutech databases migrate

seed-demo: $(BUILT) ## load the demo into the running stack; run twice it changes nothing
	@./farutech demo load

add-product: $(BUILT) ## bring a product to what its folder says: P=farutech-pos
	@./farutech products apply products/$(or $(P),$(error P=<folder under products/>))

build-core: $(BUILT) ## the production tree of gateway, identity and subgraphs, in .cache/images/core
	@node local/dist/build-image.js core $(PNPM_DIR)/node_modules/pnpm/bin/pnpm.cjs

build-worker: $(BUILT) ## the production tree of the workers, in .cache/images/worker
	@node local/dist/build-image.js worker $(PNPM_DIR)/node_modules/pnpm/bin/pnpm.cjs

test: $(BUILT) ## prove it: every test, with a seeded sample of the long proofs
	$(BIN)/vitest run

# Las pruebas largas que viven junto a lo que prueban.
PROOFS := $(addprefix workers/src/provisioning/,crash.test.ts zombie.test.ts cluster/cluster-operations.test.ts) gateway/src/live/race.test.ts subgraphs/subscription/src/persistence/plan-preview.test.ts
prove: $(BUILT) ## the proofs whole; writes docs/proofs/
	PROVE=true $(BIN)/vitest run tests/faults $(PROOFS)

bench: $(BUILT) ## measure what is promised, B=provisioning or all; writes docs/bench/
	$(TSX) bench/run.ts $(B)

check: lint types dead drift ## the one gate: style, import rules, types, dead code, schema drift
lint: $(INSTALLED)
	$(BIN)/biome ci .
types: $(BUILT)
	$(BIN)/tsc -b
dead: $(GENERATED)
	$(BIN)/knip
drift: $(BUILT)
	@node gateway/dist/compose.js --check
	@node gateway/dist/check-schema.js

schema: $(GENERATED) ## print each subgraph's SDL and compose the supergraph
	for name in catalog tenancy subscription; do $(TSX) subgraphs/$$name/src/print-schema.ts; done
	$(TSX) gateway/src/compose.ts

schema-release: $(BUILT) ## take today's API as released: from now on make check refuses what would break its clients
	@node gateway/dist/check-schema.js --release

format: $(INSTALLED) ## rewrite in the house's style
	$(BIN)/biome check --write .

clean: ## remove what was built
	rm -rf .cache/built .cache/tests .cache/bench .cache/images prisma/src/generated packages/*/dist subgraphs/*/dist gateway/dist identity/dist workers/dist local/dist prisma/dist
