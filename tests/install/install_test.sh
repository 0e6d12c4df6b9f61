#!/usr/bin/env bash
# Installs the client, builds a foreign project against what was installed, and
# runs it against a server. Usage: install_test.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source_dir=$1
build_dir=$2
work=$(mktemp -d)
server=
stop() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

cmake --install "$build_dir" --component client --prefix "$work/prefix" >/dev/null

shared=$work/prefix/share/scoreserve
for file in proto/scoreserve/v1/scoring.proto proto/google/rpc/status.proto \
  scoreserve.binpb; do
  [[ -s $shared/$file ]] || { echo "$file is not installed"; exit 1; }
done
# What an exported target names of the build tree would be gone elsewhere.
if grep -rlE "$source_dir|$build_dir" "$work"/prefix/lib*/cmake \
  "$work"/prefix/lib*/*/cmake 2>/dev/null; then
  echo "these name the build tree"
  exit 1
fi

configure() {
  cmake -S "$source_dir/tests/install" -B "$1" -G Ninja -DOWN_GOOGLE_RPC="$2" \
    -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Debug \
    -DSCORESERVE_EXAMPLE="$source_dir/client/examples/score.cc" >/dev/null
}
configure "$work/build" OFF
cmake --build "$work/build"
configure "$work/own" ON
cmake --build "$work/own" --target example

mkfifo "$work/ready"
"$build_dir/server/scoreserve" --repository "$source_dir/models/zoo" --port 0 \
  >"$work/ready" &
server=$!
read -r _ _ _ address <"$work/ready"

"$work/build/example" "$address" | tee "$work/example.txt"
[[ $(grep -c '^score at' "$work/example.txt") == 2 ]]
"$work/own/example" "$address" | cmp - "$work/example.txt"
"$work/build/stub" "$address" | grep -x mixture-2d
"$work/prefix/bin/scorectl" status --server "$address"
