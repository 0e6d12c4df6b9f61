#!/usr/bin/env bash
# Adds the sampler of docs/adding.md to a copy of the project, as the text says,
# and passes its tests and those of all samplers: two new files, one new line and
# a test, and no other change. Usage: adding_test.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source_dir=$1
build_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/copy
mkdir -p "$copy/tests/models"
cp -r "$source_dir/models" "$copy/models"
cp -r "$source_dir/tests/models/samplers" "$copy/tests/models/samplers"

# Blocks of C++ that begin with the name of a file are that file; what is there
# already gets the block's lines where they stand in order.
awk -v copy="$copy" '
  /^```cpp$/ { getline; path = $2; if ($1 != "//" || path !~ /\//) path = ""; next }
  /^```$/ { path = ""; next }
  path ~ /\.inc$/ { print > (copy "/lines"); next }
  path != "" { print > (copy "/" path) }
' "$source_dir/docs/adding.md"
list=models/samplers/sampler_list.inc
{
  grep '^//' "$source_dir/$list"
  { grep -v '^//' "$source_dir/$list"; cat "$copy/lines"; } | LC_ALL=C sort
} >"$copy/$list"
rm "$copy/lines"

fail() {
  echo "$1" >&2
  exit 1
}
for folder in models tests/models/samplers; do
  diff -rq "$source_dir/$folder" "$copy/$folder" || true
done | sed -e "s|$copy/||g" -e "s|$source_dir/||g" >"$work/changes"
cat >"$work/expected" <<TEXT
Only in models/samplers: ascent.cc
Only in models/samplers: ascent.h
Files $list and $list differ
Only in tests/models/samplers: ascent_test.cc
TEXT
diff "$work/expected" "$work/changes" || fail 'docs/adding.md changes other files'
diff "$source_dir/$list" "$copy/$list" | grep '^[<>]' >"$work/lines" || true
[[ $(cat "$work/lines") == '> SAMPLER(AscentSampler)' ]] ||
  fail "not one new line: $(cat "$work/lines")"

cmake -S "$source_dir/tests/adding" -B "$work/build" -G Ninja \
  -DCMAKE_BUILD_TYPE=Debug -DSCORESERVE_COPY="$copy" \
  -DSCORESERVE_BUILD="$build_dir" >/dev/null
cmake --build "$work/build"
"$work/build/samplers" --gtest_brief=1
"$work/build/samplers" --gtest_list_tests | grep -qx 'AscentTest\.' ||
  fail "the new sampler's test did not run"
