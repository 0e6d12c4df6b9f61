#include "server/service/objectives_codec.h"

#include <cstdint>

#include "models/objectives/objective.h"
#include "models/options.h"
#include "models/training/trainer.h"
#include "server/service/request_codec.h"

namespace scoreserve {

void EncodeObjectives(v1::ListObjectivesResponse* response) {
  for (const ObjectiveKind& kind : ObjectiveKinds()) {
    v1::ObjectiveInfo* wire = response->add_objectives();
    wire->set_name(kind.name);
    wire->set_help(kind.help);
    for (const OptionDescription& option : kind.options) {
      EncodeOption(option, wire->add_options());
    }
  }
  for (OptionDescription option : TrainerOptionTable().Describe()) {
    // A job has no end of its own, and so no cosine: FineTuneSpec.
    if (option.name == "steps") option.default_value = int64_t{0};
    EncodeOption(option, response->add_trainer_options());
  }
}

}  // namespace scoreserve
