#ifndef SCORESERVE_CLIENT_SRC_OPTION_CODEC_H_
#define SCORESERVE_CLIENT_SRC_OPTION_CODEC_H_

#include <string>

#include "google/protobuf/map.h"
#include "scoreserve/sampling.h"
#include "scoreserve/v1/options.pb.h"

namespace scoreserve {
inline namespace client {

using WireOptions = google::protobuf::Map<std::string, v1::OptionValue>;

void EncodeOptions(const OptionValues& values, WireOptions* wire);

// Without values of a kind that is not known here.
OptionValues DecodeOptions(const WireOptions& wire);

OptionInfo DecodeOptionInfo(const v1::OptionDescription& wire);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_OPTION_CODEC_H_
