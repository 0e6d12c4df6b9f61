// A small U-Net (Ronneberger, Fischer and Brox 2015) for rows that are images,
// preconditioned as preconditioning.h says. F works at the image's resolution
// and at half of it:
//
//   conv → blocks ─────────────── skip ──────────────→ conv of both → blocks →
//   conv
//           └→ conv, stride 2 → blocks → doubled → conv ┘
//
// all 3 × 3, with `channels` channels above and twice as many below. A block is
// h ← h + conv(silu(conv(GN(h)) + E e)) with group normalisation and the
// embedding e of the noise and of the class. The second convolution of each
// block and the last one begin at zero, so a fresh network is the best linear
// denoiser of white data.

#ifndef SCORESERVE_MODELS_NETWORKS_UNET_H_
#define SCORESERVE_MODELS_NETWORKS_UNET_H_

#include <cstdint>

#include "models/networks/score_network.h"

namespace scoreserve {

struct UnetOptions {
  int64_t channels = 32;
  int64_t blocks = 1;
};

// "unet", of rows of shape [height, width] or [channels, height, width], height
// and width even. create() refuses others, naming data.shape, options out of
// range, or as Preconditioning::New().
NetworkKind UnetNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_UNET_H_
