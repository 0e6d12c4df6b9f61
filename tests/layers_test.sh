#!/usr/bin/env bash
# Holds the layers of docs/architecture.md: who may include whom.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
# forbid FOLDER PATTERN WHY: no file under FOLDER may include what matches.
forbid() {
  local found
  found=$(grep -rnE "#include [<\"]($2)" --include='*.h' --include='*.cc' $1 || true)
  if [[ -n "$found" ]]; then
    printf '%s:\n%s\n' "$3" "$found" >&2
    failed=1
  fi
}

wire='grpcpp/|google/|scoreserve/v1|.*\.pb\.h'
forbid models "server/|client/|$wire" 'models/ knows tensors and files only'
forbid 'models/io models/plots' 'ATen/|torch/|c10/' 'models/io and models/plots are plain C++'
forbid server/engine "client/|server/service|server/http|prometheus/|spdlog/|sqlite3|Civet|$wire" \
  'server/engine has no protobuf, gRPC, HTTP or SQLite'
forbid server/state "client/|server/(service|http|server)|$wire" \
  'server/state keeps jobs, and knows nothing of who asks'
forbid 'models server/engine server/service server/http server/main.cc client' 'server/state|sqlite3' \
  'only server.cc makes the store'
forbid 'server/service server/http' 'client/|ATen/|torch/' 'the adapters hold no policy and no tensors'
forbid client 'server/|ATen/|torch/|models/(networks|objectives|samplers|training)' \
  'the client has no LibTorch and knows nothing of the server'
forbid client/include 'models/|scoreserve/v1|google/|.*\.pb\.h' \
  'the public headers of the client show no protobuf and none of our internals'
forbid client/src 'models/' 'the client library stands alone'

# Tensors meet protobuf in one place.
others=$(grep -rlE 'tensor\.pb\.h|v1::Tensor' --include='*.cc' server | grep -v tensor_codec || true)
if [[ -n "$others" ]]; then
  printf 'tensors meet protobuf in tensor_codec only:\n%s\n' "$others" >&2
  failed=1
fi
exit $failed
