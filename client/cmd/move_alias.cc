#include "client/cmd/move_alias.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "client/cmd/json.h"

namespace scoreserve::ctl {

int64_t InService(const ModelInfo& model, const std::string& alias) {
  const auto found = model.all_aliases.find(alias);
  if (found != model.all_aliases.end()) return found->second;
  return model.versions.empty() ? 0 : model.versions.back();
}

absl::Status MoveAlias(Client& client, const ModelInfo& model,
                       const std::string& alias, int64_t version, bool json) {
  const absl::StatusOr<ModelInfo> updated =
      client.UpdateModel({.model = model.name,
                          .set_aliases = {{alias, version}},
                          .expected_generation = model.generation});
  if (!updated.ok()) return updated.status();
  const auto before = model.all_aliases.find(alias);
  const bool was_set = before != model.all_aliases.end();
  if (json) {
    PrintJson({{"name", model.name},
               {"alias", alias},
               {"version", version},
               {"before", was_set ? Json(before->second) : Json()},
               {"generation", updated->generation}});
    return absl::OkStatus();
  }
  std::cout << model.name << "@" << alias << " is version " << version << " ("
            << (was_set ? absl::StrCat("was ", before->second) : "was not set")
            << ")\n";
  return absl::OkStatus();
}

}  // namespace scoreserve::ctl
