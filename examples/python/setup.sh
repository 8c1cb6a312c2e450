#!/usr/bin/env bash
# Makes .venv with the frameworks of requirements.txt; does nothing where that has been done. PYTHON names the interpreter.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
if cmp -s requirements.txt .venv/installed.txt; then exit 0; fi
rm -rf .venv
"$python" -m venv .venv || { echo "setup.sh: $python cannot make a virtual environment; it must be Python 3.10 or later with venv (Debian: python3-venv)" >&2; exit 1; }
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
# Only now: an installation that broke off is made anew.
cp requirements.txt .venv/installed.txt
