#!/usr/bin/env bash
# The main job, from end to end: ./run demo. Usage: demo.sh BUILD_DIR
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
out=out/demo
mkdir -p "$out"

server=
stop() {
  if [[ -n $server ]]; then
    kill -KILL "$server" 2>/dev/null || true
  fi
}
trap stop EXIT

say() { printf '\n== %s\n' "$*"; }

say 'Starting a server with the models of models/zoo'
# An open descriptor, not a pipe to read to its end: the server's output may go
# on, and $! is the server itself.
exec {lines}< <(exec "$build/server/scoreserve" --repository models/zoo \
  --port 0 2>"$out/server.log")
server=$!
address=
while read -r -u "$lines" line; do
  echo "$line"
  if [[ $line == 'scoreserve listening on '* ]]; then
    address=${line##* }
    break
  fi
done
if [[ -z $address ]]; then
  cat "$out/server.log" >&2
  exit 1
fi
export SCORESERVE_SERVER=$address
scorectl=$build/client/scorectl

say 'Models'
"$scorectl" models

say 'Scoring the digits that were held out of the training: every fifth row'
zcat tests/data/digits.csv.gz | awk -F, 'NR % 5 == 0' | cut -d, -f1-64 \
  >"$out/held-out.csv"
"$scorectl" score --model digits --noise-level 0.5 --input "$out/held-out.csv" \
  --output "$out/scores.npy"

say 'Denoising them'
"$build/client/examples/denoise_digits" "$address" "$out/held-out.csv" 0.5 \
  "$out/denoised.png"

say 'Drawing 64 digits by annealed Langevin dynamics'
"$scorectl" sample --model digits --sampler annealed_langevin --rows 64 \
  --steps 25 --set first_noise_level=10 --set last_noise_level=0.05 \
  --set step_size=0.00025 --set denoise=true --seed 1 \
  --output "$out/samples.png"

say 'Four samplers from the same seeds, a digit half known, one class a column'
"$build/client/examples/sampler_pictures" "$address" "$out/held-out.csv" "$out"

say 'Sampling mixture-2d, over its exact density'
"$build/client/examples/mixture_picture" "$address" \
  models/zoo/mixture-2d/1/model.safetensors "$out/mixture.png"

say 'Latency and rate'
"$build/client/examples/score_rates" "$address"

say 'Stopping the server'
kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
if [[ $code != 0 ]]; then
  echo "the server exited with $code" >&2
  exit 1
fi
echo 'it drained and exited with 0'

say 'Pictures'
printf "$out/%s.png\n" denoised samples samplers inpainted classes mixture
