# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The documents as a site, and what they show.

.PHONY: docs
docs: ## the documents and the API reference as a site: build/docs/index.html
	@tests/lab/setup --with python3-sphinx python3-myst-parser furo
	@docs/site/build.py

.PHONY: docs-phone
docs-phone: docs ## does that read well on a phone? Chromium looks at each page (build/docs-phone/)
	@tests/lab/setup --with chromium
	@tests/phone.py

.PHONY: docs-recording
docs-recording: all payload ## the terminal in README.md, from a demo that is run for it
	@docs/pictures/record.py --record
