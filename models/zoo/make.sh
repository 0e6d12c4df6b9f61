#!/bin/sh
# Makes the models of this folder anew, from the root of the source tree:
#   models/zoo/make.sh build/release/models/scoretrain REPOSITORY
set -eu
scoretrain=$1
repository=$2

"$scoretrain" --data tests/data/digits.csv.gz --columns 0:64 --shape 8,8 \
  --range 0,16 --hold-out-every 5 --network residual_mlp --set width=256 \
  --label-range 0.01,50 --objective denoising --steps 5000 --batch 256 \
  --learning-rate 0.001 --ema 0.999 --seed 1 \
  --repository "$repository" --model digits --description \
  'Handwritten digits of 8 x 8 pixels, 0 to 16, at noise levels 0.01 to 50.'

"$scoretrain" mixture --components models/zoo/mixture-2d.csv \
  --label-range 0,50 --repository "$repository" --model mixture-2d --description \
  'Eight Gaussians on a spiral in the plane; the exact score at every noise level.'
