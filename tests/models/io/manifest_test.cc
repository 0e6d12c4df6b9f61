#include "models/io/manifest.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/io/sha256.h"

namespace scoreserve {
namespace {

TEST(Sha256Test, MatchesTheStandardsExamples) {
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(ManifestTest, ReadsWhatItWrites) {
  const Manifest written = {{"a", EntryFor("abc")}, {"b.json", EntryFor("")}};
  const std::string text = SerializeManifest(written);
  EXPECT_EQ(text.substr(0, 71), Sha256Hex("abc") + " 3 a\n" + "e3");
  const auto read = ParseManifest(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(SerializeManifest(*read), text);
}

TEST(ManifestTest, WhatIsNotItsOwnTextIsRefused) {
  const std::string good = SerializeManifest({{"a", EntryFor("abc")}});
  for (const std::string& text :
       {std::string(), std::string("\n"), good + "\n", good + good,
        good.substr(good.find('\n') + 1), good.substr(0, good.size() - 1),
        SerializeManifest({{"a b", EntryFor("")}}),
        SerializeManifest({{"..", EntryFor("")}})}) {
    EXPECT_EQ(ParseManifest(text).status().code(),
              absl::StatusCode::kFailedPrecondition)
        << text;
  }
}

TEST(ManifestTest, ContentsMustHaveTheSizeAndTheSum) {
  const ManifestEntry entry = EntryFor("abc");
  EXPECT_TRUE(CheckContents(entry, "abc").ok());
  EXPECT_EQ(CheckContents(entry, "ab").message(),
            "must be 3 bytes long, as MANIFEST says; was 2");
  EXPECT_FALSE(CheckContents(entry, "abd").ok());
}

}  // namespace
}  // namespace scoreserve
