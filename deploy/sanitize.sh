#!/usr/bin/env bash
# Part of ./run test-long: address and undefined behaviour over engine and
# service, threads over the engine.
set -euo pipefail
cd "$(dirname "$0")/.."

[[ -f build/asan/build.ninja ]] || cmake --preset asan >/dev/null
cmake --build --preset asan --target io_tests samplers_tests engine_tests service_tests
# LibTorch's own start-up keeps memory for good.
export ASAN_OPTIONS=detect_leaks=0
ctest --preset asan
# Over gRPC: streams that end at any moment, and hundreds that live at once.
cmake --build --preset asan --target integration_long_tests client_integration_tests
GLIBC_TUNABLES=glibc.malloc.tcache_count=0 \
  build/asan/tests/integration_long_tests --gtest_filter='CancelLongTest.*'
build/asan/tests/client_integration_tests --gtest_filter='ClientManyStreamsTest.*'

[[ -f build/tsan/build.ninja ]] || cmake --preset tsan >/dev/null
cmake --build --preset tsan --target engine_thread_tests
ctest --preset tsan
