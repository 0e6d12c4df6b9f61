#!/bin/sh
# Makes the Python environment of the interop tests in the folder $1, unless it
# is there and right already. Needs python3 with venv, and a package index the
# first time.
#
# Torch is not installed twice: the environment sees the one whose libraries the
# build links, which deploy/install-deps.sh put beside $1. Where there is none,
# because SCORESERVE_TORCH_ROOT names a LibTorch without Python, it is installed
# here, from SCORESERVE_TORCH_INDEX if that is set.
set -eu

folder=$1
here=$(dirname "$0")
torch=torch==$(sed -n 's/^torch_version=//p' "$here/../../deploy/install-deps.sh")
requirements=$here/requirements.txt
ready=$folder/requirements.txt # Copied there when all is in place.

pip_install() {
  # Modules are compiled when they are first imported; most never are.
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-compile "$@"
}

# Whether the environment finds a torch that was built for its Python. Does not
# import it: that takes seconds, and this runs before every test.
has_torch() {
  "$folder/bin/python" - <<'PYTHON' 2>/dev/null
import importlib.util
import pathlib
import sys
import sysconfig
found = importlib.util.find_spec("torch")
library = "_C" + sysconfig.get_config_var("EXT_SUFFIX")
sys.exit(found is None or
         not pathlib.Path(found.origin).with_name(library).exists())
PYTHON
}

# Adds the Python packages of folder $1 to the environment, behind its own.
add_packages_of() {
  [ -f "$1/torch/__init__.py" ] || return 1
  echo "$1" >"$("$folder/bin/python" -c '
import sysconfig
print(sysconfig.get_path("purelib"))')/libtorch.pth"
  has_torch
}

if cmp -s "$requirements" "$ready" && has_torch; then
  exit 0
fi
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
python3 -m venv "$folder"
pip_install -r "$requirements"

deps=$(cd "$(dirname "$folder")" && pwd)
for packages in "$(dirname "${SCORESERVE_TORCH_ROOT:-$deps/torch/torch}")" \
  "$deps"/torch/lib/python3*/site-packages; do
  add_packages_of "$packages" && break
done
if ! has_torch; then
  rm -f "$folder"/lib/python3*/site-packages/libtorch.pth
  set -- ${SCORESERVE_TORCH_INDEX:+--index-url "$SCORESERVE_TORCH_INDEX"} "$torch"
  pip_install --no-deps "$@"
  # A build for CUDA does not load without the libraries that come with it.
  "$folder/bin/python" -c 'import torch' 2>/dev/null || pip_install "$@"
fi
"$folder/bin/python" -c 'import diffusers.schedulers, grpc, safetensors, torch'
cp "$requirements" "$ready"
