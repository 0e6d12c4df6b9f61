#!/bin/sh
# Makes the Python environment of the interop tests in the folder $1, unless it
# is there and right already. Needs python3 with venv, and PyPI the first time.
set -eu

folder=$1
safetensors=0.8.0

is_ready() {
  "$folder/bin/python" - "$safetensors" <<'EOF' 2>/dev/null
import sys
import numpy
import safetensors
sys.exit(safetensors.__version__ != sys.argv[1])
EOF
}

if is_ready; then
  exit 0
fi
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check \
  numpy "safetensors==$safetensors"
is_ready
