#!/usr/bin/env bash
# Installs what a build needs: Debian packages, and LibTorch under .deps/.
# Where it may not install, it says exactly what to run. Running it again does
# nothing that was done.
#
#   deploy/install-deps.sh [--lint | --engine | --bench]
#
# --lint also brings clang, clang-tidy, clang-format, buf and nvcc; --engine only what
# the networks and the engine need (./run gpu-check); --bench also what the
# Python of LibTorch's wheel needs, as a peer to be measured beside.
# SCORESERVE_TORCH_ROOT  an unpacked LibTorch to use instead of fetching one
# SCORESERVE_TORCH_INDEX the package index to fetch it from
set -euo pipefail
cd "$(dirname "$0")/.."

torch_version=2.13.0
packages=(
  g++ cmake ninja-build ccache python3-venv
  libabsl-dev libgtest-dev libgmock-dev nlohmann-json3-dev libssl-dev zlib1g-dev
)
[[ "${1:-}" == --engine ]] || packages+=(
  pkg-config libgrpc++-dev libprotobuf-dev protobuf-compiler
  protobuf-compiler-grpc grpc-proto libcli11-dev libspdlog-dev
  prometheus-cpp-dev libcivetweb-dev libcairo2-dev libsqlite3-dev
)
[[ "${1:-}" == --lint ]] && packages+=(clang clang-tidy clang-format)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing+=("$package")
done
if ((${#missing[@]})); then
  install="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if ((EUID == 0)); then
    echo "installing ${#missing[@]} Debian packages" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      "${missing[@]}" >/dev/null
  elif sudo -n true 2>/dev/null; then
    sudo sh -c "DEBIAN_FRONTEND=noninteractive; $install"
  else
    printf 'These Debian packages are missing. Run as root, then try again:\n\n  %s\n' \
      "$install" >&2
    exit 1
  fi
fi

# Headers and libraries only: nothing but --bench imports this Python package.
if [[ -z "${SCORESERVE_TORCH_ROOT:-}" ]] &&
  ! compgen -G '.deps/torch/lib/python3*/site-packages/torch/include/ATen/ATen.h' >/dev/null; then
  index=()
  [[ -n "${SCORESERVE_TORCH_INDEX:-}" ]] && index=(--index-url "$SCORESERVE_TORCH_INDEX")
  python3 -m venv .deps/torch
  pip=.deps/torch/bin/pip
  # The default index has the CUDA build, ten times the size of the CPU's.
  wheel=$("$pip" install --dry-run --no-deps --quiet --report - "${index[@]}" \
    "torch==$torch_version" | python3 -c '
import json, sys
item = json.load(sys.stdin)["install"][0]
print(item["download_info"]["url"].split("/")[-1], end="")')
  if [[ "$wheel" != *cpu* && "$wheel" == *manylinux* ]]; then
    free_gib=$(df -BG --output=avail . | tail -1 | tr -dc 0-9)
    echo "LibTorch $torch_version comes with CUDA here: about 6 GiB; free: $free_gib GiB." >&2
    echo "(SCORESERVE_TORCH_INDEX=https://… of a CPU build is much smaller.)" >&2
    ((free_gib >= 10)) || { echo "10 GiB must be free" >&2; exit 1; }
    "$pip" install --quiet "${index[@]}" "torch==$torch_version"
  else
    echo "installing LibTorch $torch_version" >&2
    "$pip" install --quiet --no-deps "${index[@]}" "torch==$torch_version"
  fi
fi

if [[ "${1:-}" == --lint && ! -x .deps/lint/bin/buf ]]; then
  python3 -m venv .deps/lint
  .deps/lint/bin/pip install --quiet buf-bin==1.75.0
fi
# nvcc and the headers of CUDA's runtime, to compile what no processor runs.
if [[ "${1:-}" == --lint ]] &&
  ! compgen -G '.deps/lint/lib/python3*/site-packages/nvidia/cu13/bin/nvcc' >/dev/null; then
  .deps/lint/bin/pip install --quiet nvidia-cuda-nvcc==13.0.88 \
    nvidia-cuda-crt==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-runtime==13.0.96 \
    nvidia-cuda-cccl==13.0.85 ||
    echo 'nvcc is not in the package index: CUDA sources will not be checked' >&2
fi

if [[ "${1:-}" == --bench && -x .deps/torch/bin/pip ]] &&
  ! .deps/torch/bin/python -c 'import torch' 2>/dev/null; then
  .deps/torch/bin/pip install --quiet "torch==$torch_version"
fi
