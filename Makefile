# What changes hands passes here first; `python3 start.py test` is the same without make.
.PHONY: check fix docs constraints

check:
	python3 start.py test

fix:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs:
	python3 start.py docs

# After `python3 start.py test` has passed in a fresh environment: these versions work.
constraints:
	echo '# Versions known to work together, for Python 3.11 to 3.13; `make constraints` writes this file anew.' > constraints.txt
	.venv/bin/python -m pip freeze --exclude-editable >> constraints.txt
