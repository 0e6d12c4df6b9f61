#!/usr/bin/env bash
# ./run lint and ./run format.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t sources < <(git ls-files '*.cc' '*.h')
if [[ "${1:-}" == --fix ]]; then
  clang-format -i "${sources[@]}"
  .deps/lint/bin/buf format -w --path proto/scoreserve
  exit
fi

echo '== clang-format'
unformatted=()
# Not --dry-run: it reports ends of inline namespaces that it would not change.
for source in "${sources[@]}"; do
  clang-format "$source" | diff -q - "$source" >/dev/null || unformatted+=("$source")
done
if ((${#unformatted[@]})); then
  printf 'not formatted (./run format does it): %s\n' "${unformatted[@]}" >&2
  exit 1
fi
echo '== buf lint'
.deps/lint/bin/buf lint
echo '== include layers'
tests/layers_test.sh
echo '== clang, -Wthread-safety -Werror'
[[ -f build/clang/build.ninja ]] || cmake --preset clang >/dev/null
cmake --build --preset clang --target scoreserve_engine scoreserve_service scoreserve_client
echo '== CUDA sources'
deploy/check-cuda.sh
echo '== clang-tidy'
mapfile -t own < <(git ls-files 'models/*.cc' 'server/*.cc' 'client/*.cc')
printf '%s\n' "${own[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p build/clang
echo 'clean'
