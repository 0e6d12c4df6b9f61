#ifndef SCORESERVE_CLIENT_SRC_DIAGNOSTICS_CODEC_H_
#define SCORESERVE_CLIENT_SRC_DIAGNOSTICS_CODEC_H_

#include "scoreserve/sampling.h"
#include "scoreserve/v1/sampling.pb.h"

namespace scoreserve {
inline namespace client {

void EncodeDiagnostics(const DiagnosticsQuery& query,
                       v1::DiagnosticsRequest* wire);

Diagnostics DecodeDiagnostics(const v1::Diagnostics& wire);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_DIAGNOSTICS_CODEC_H_
