#!/bin/sh
# Makes the models of this folder anew, from the root of the source tree:
#   models/zoo/make.sh build/release/models/scoretrain REPOSITORY [MODEL ...]
# All of them, or those that are named.
set -eu
scoretrain=$1
repository=$2
shift 2
models=${*:-digits digits-vp digits-class mixture-2d mixture-2d-vp mixture-2d-subvp}

# digits MODEL DESCRIPTION [OPTION ...]
digits() {
  model=$1
  description=$2
  shift 2
  "$scoretrain" --data tests/data/digits.csv.gz --columns 0:64 --shape 8,8 \
    --range 0,16 --hold-out-every 5 --network residual_mlp --set width=256 \
    --objective denoising --steps 5000 --batch 256 --learning-rate 0.001 \
    --ema 0.999 --seed 1 --repository "$repository" --model "$model" \
    --description "$description" "$@"
}

# mixture MODEL DESCRIPTION [OPTION ...]
mixture() {
  model=$1
  description=$2
  shift 2
  "$scoretrain" mixture --components models/zoo/mixture-2d.csv \
    --repository "$repository" --model "$model" --description "$description" "$@"
}

for model in $models; do
  case $model in
    digits)
      digits digits \
        'Handwritten digits of 8 x 8 pixels, 0 to 16, at noise levels 0.01 to 50.' \
        --label-range 0.01,50
      ;;
    digits-vp)
      digits digits-vp \
        'Handwritten digits at times of the variance-preserving process.' \
        --process vp --label-range 0.001,1
      ;;
    digits-class)
      digits digits-class \
        'Handwritten digits of a class, 0 to 9, or of none, at noise levels 0.01 to 50.' \
        --class-column 64 --label-range 0.01,50
      ;;
    mixture-2d)
      mixture mixture-2d \
        'Eight Gaussians on a spiral in the plane; the exact score at every noise level.' \
        --label-range 0,50
      ;;
    mixture-2d-vp)
      mixture mixture-2d-vp \
        'Eight Gaussians on a spiral; the exact score at every time of the variance-preserving process.' \
        --process vp
      ;;
    mixture-2d-subvp)
      mixture mixture-2d-subvp \
        'Eight Gaussians on a spiral; the exact score at every time of the sub-variance-preserving process.' \
        --process subvp
      ;;
    *)
      echo "there is no model '$model'" >&2
      exit 2
      ;;
  esac
done
