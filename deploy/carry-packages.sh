#!/usr/bin/env bash
# Copies the Debian packages that ./run gpu-check needs into a folder, to be
# carried to a machine that has a compiler, CMake and LibTorch but no network:
#
#   deploy/carry-packages.sh DIR          here: about 20 MB
#   CMAKE_PREFIX_PATH=DIR/usr SCORESERVE_TORCH_ROOT=… ./run gpu-check   there
#
# They must be installed here: deploy/install-deps.sh --engine.
set -euo pipefail
[[ $# == 1 ]] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# Development packages, and the shared libraries that their links point to;
# zlib's and GoogleTest's are static.
shared=$(dpkg-query -W -f '${Depends},' libabsl-dev libssl-dev | tr ',' '\n' |
  sed -nE 's/^ *(lib(absl|ssl)[a-z0-9.]*) .*/\1/p')
mkdir -p "$1"
# Headers that lie in a folder of the architecture's go beside the others, where
# a compiler that is given one folder finds them.
# shellcheck disable=SC2086
dpkg -L libabsl-dev libgtest-dev libgmock-dev nlohmann-json3-dev libssl-dev \
  zlib1g-dev $shared |
  grep -E '^/usr/(include|lib|share/cmake)/' |
  grep -vE 'lib(ssl|crypto)\.a$|/libz\.so$|/(engines-3|ossl-modules)(/|$)' |
  sort -u |
  while read -r path; do [[ -d "$path" && ! -L "$path" ]] || echo "${path#/}"; done |
  tar -C / -cf - --transform 's,^usr/include/[a-z0-9_]*-linux-gnu/,usr/include/,' -T - |
  tar -xf - -C "$1"
