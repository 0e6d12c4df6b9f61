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

# Copies: fine-tuning publishes versions.
rm -rf "$out/models" "$out/state"
cp -r models/zoo "$out/models"

say 'Starting a server with the models of models/zoo'
# An open descriptor, not a pipe to read to its end: the server's output may go
# on, and $! is the server itself.
exec {lines}< <(exec "$build/server/scoreserve" --repository "$out/models" \
  --state-dir "$out/state" --port 0 2>"$out/server.log")
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

say 'Negatives, which digits has never seen: denoised by it'
zcat tests/data/digits.csv.gz | cut -d, -f1-64 |
  awk -F, -v OFS=, '{ for (i = 1; i <= NF; ++i) $i = 16 - $i; print }' \
    >"$out/negatives.csv"
awk 'NR % 5' "$out/negatives.csv" >"$out/negatives-stream.csv"
awk 'NR % 5 == 0' "$out/negatives.csv" >"$out/negatives-held-out.csv"
"$build/client/examples/denoise_digits" "$address" \
  "$out/negatives-held-out.csv" 0.5 "$out/negatives-before.png"

say 'It learns them while it is served, from four fifths of the rows'
"$scorectl" tune digits --data "$out/negatives-stream.csv" --id negatives \
  --objective sliced --steps 800 --hold-out-share 0.4 --publish-interval 4 \
  --set batch=256 --set micro_batch=64 --set learning_rate=0.003 \
  --set warm_up=20 --set steps=800 --set ema=0.99
"$build/client/examples/denoise_digits" "$address" \
  "$out/negatives-held-out.csv" 0.5 "$out/negatives-after.png"
"$scorectl" sample --model digits --sampler annealed_langevin --rows 64 \
  --steps 25 --set first_noise_level=10 --set last_noise_level=0.05 \
  --set step_size=0.00025 --set denoise=true --seed 1 \
  --output "$out/negatives.png"

say 'Back to the digits as they were'
"$scorectl" rollback digits --to 1
"$scorectl" jobs digits/negatives
"$build/client/examples/denoise_digits" "$address" "$out/held-out.csv" 0.5 \
  "$out/denoised-again.png"

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
printf "$out/%s.png\n" denoised samples samplers inpainted classes mixture \
  negatives-before negatives-after negatives
