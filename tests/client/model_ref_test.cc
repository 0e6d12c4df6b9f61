#include <optional>
#include <string>

#include "client/src/model_codec.h"
#include "gtest/gtest.h"
#include "scoreserve/errors.h"
#include "scoreserve/models.h"

namespace scoreserve {
namespace {

TEST(ModelRefTest, NamesAVersionAnAliasOrNeither) {
  const absl::StatusOr<ModelRef> plain = ParseModelRef("digits");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->name, "digits");
  EXPECT_EQ(plain->version, std::nullopt);
  EXPECT_EQ(plain->alias, std::nullopt);
  EXPECT_EQ(ParseModelRef("digits@12")->version, 12);
  EXPECT_EQ(ParseModelRef("digits@stable")->alias, "stable");
  EXPECT_EQ(ParseModelRef("digits@v2")->alias, "v2");
}

TEST(ModelRefTest, RefusesEmptyPartsAndBadVersions) {
  for (const char* text : {"", "@1", "digits@", "digits@0", "digits@-1",
                           "digits@99999999999999999999"}) {
    EXPECT_FALSE(ParseModelRef(text).ok()) << text;
  }
  EXPECT_EQ(ParseModelRef("digits@0").status().message(),
            "model.version must be a positive 64-bit integer; was '0'");
}

TEST(ModelRefTest, AVersionAndAnAliasContradict) {
  v1::ModelRef wire;
  const absl::Status status =
      EncodeModelRef({.name = "m", .version = 1, .alias = "stable"}, &wire);
  EXPECT_EQ(DetailsOf(status).field, "model");
}

}  // namespace
}  // namespace scoreserve
