# A real Odoo 19, PostgreSQL and Chromium for this addon; all of it lies in .dev.
#   PYTHON=       the Python 3.10 to 3.13 to use              (python3)
#   ODOO_SOURCE=  a checkout of Odoo 19.0 to use              (Debian's package)
#   PGHOST=, PGUSER=, …  a PostgreSQL to use                  (one of its own)
PYTHON ?= python3
DEV = exec $(PYTHON) -m dev

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-walks test-worlds test-odoo bench import-example check-history verify-history screenshots lint wheel shell setup clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: ## serve Odoo with the addon and its demo data; PORT= chooses the port
	@$(DEV) demo

test: ## run all tests on a fresh database; ARGS= adds arguments for pytest, as in ARGS="-k gate"
	@$(DEV) test $(ARGS)

test-long: ## run the tests that take long, such as the updates from every release; ARGS= as above
	@$(DEV) test_long $(ARGS)

test-walks: ## walk 20,000 random steps of six people and say the seed; ARGS="--hypothesis-seed=1" walks them again
	@$(DEV) test_walks $(ARGS)

test-worlds: ## run the checks in all kinds of database, in less than an hour; ARGS= are words of their names, as in ARGS=used
	@$(DEV) test_worlds $(ARGS)

test-odoo: ## run Odoo's own tests with the addon and without, and compare; MODULES="crm sales_team" names some
	@$(DEV) test_odoo $(MODULES)

bench: ## compare with stock Odoo what the addon costs; ARGS= are words of the figures' names, as in ARGS=impact
	@$(DEV) bench $(ARGS)

import-example: ## put a real pipeline of 8,800 deals through the gate; DATA= is its folder
	@$(DEV) import_example $(DATA)

check-history: ## ask whether the ledger tells of every lead how it came where it is; DB= names the database
	@$(DEV) check_history $(DB)

verify-history: ## ask whether the ledger is as it was recorded; DB= names the database, SEALS= has seals kept outside
	@$(DEV) verify_history "$(DB)" "$(SEALS)"

screenshots: ## take all pictures anew; ARGS= are words of their names, as in ARGS=phone
	@$(DEV) screenshots $(ARGS)

lint: ## check all files with the linters
	@$(DEV) lint

wheel: ## build the addon as a Python package, in dist
	@$(DEV) wheel

shell: ## open Odoo's shell on the demo's database
	@$(DEV) shell

setup: ## only prepare what the other targets need
	@$(DEV) setup

clean: ## remove all that was prepared, the demo's database too
	@$(DEV) clean
