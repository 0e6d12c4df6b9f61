#!/usr/bin/env bash
# Part of ./run lint: compiles what only a machine with a GPU builds, *.cu with
# nvcc and *_cuda.cc with g++, against the headers of any LibTorch. The CPU's
# wheel lacks one of them, which is generated and says one thing.
set -euo pipefail
cd "$(dirname "$0")/.."

torch=${SCORESERVE_TORCH_ROOT:-$(compgen -G '.deps/torch/lib/python3*/site-packages/torch')}
cuda=$(compgen -G '.deps/lint/lib/python3*/site-packages/nvidia/cu13' || true)
if [[ -z "$cuda" ]]; then
  echo 'nvcc is not to be had here: CUDA sources were not compiled'
  exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/include/c10/cuda/impl"
echo '#define C10_CUDA_BUILD_SHARED_LIBS' \
  >"$work/include/c10/cuda/impl/cuda_cmake_macros.h"

mapfile -t kernels < <(git ls-files '*.cu')
for kernel in "${kernels[@]}"; do
  echo "nvcc $kernel"
  "$cuda/bin/nvcc" -std=c++20 --fmad=false -Werror=all-warnings \
    -gencode arch=compute_80,code=compute_80 -I. -c "$kernel" -o "$work/kernel.o"
done
mapfile -t sources < <(git ls-files '*_cuda.cc')
for source in "${sources[@]}"; do
  echo "g++ $source"
  g++ -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Werror \
    -DSCORESERVE_CUDA -DSCORESERVE_ADVANCE_CUDA -I. -isystem "$work/include" \
    -isystem "$cuda/include" -idirafter "$torch/include" \
    -idirafter "$torch/include/torch/csrc/api/include" "$source" \
    2>"$work/log" || { cat "$work/log" >&2; exit 1; }
done
