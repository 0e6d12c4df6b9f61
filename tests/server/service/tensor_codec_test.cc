#include "server/service/tensor_codec.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

DataSpace Images() {
  DataSpace space;
  space.shape = {2, 3};
  return space;
}

v1::Tensor Tensor(std::vector<int64_t> shape, std::vector<float> values) {
  v1::Tensor tensor;
  for (const int64_t size : shape) tensor.add_shape(size);
  tensor.set_dtype(v1::DTYPE_FLOAT32);
  tensor.set_data(values.data(), values.size() * sizeof(float));
  return tensor;
}

// The field of the refusal, or "" where the tensor was taken.
std::string RefusedField(const v1::Tensor& tensor) {
  return FieldOf(DecodeRows("x", tensor, Images()).status()).value_or("");
}

TEST(TensorCodecTest, TakesFlatAndShapedRows) {
  EXPECT_EQ(DecodeRows("x", Tensor({1, 6}, {1, 2, 3, 4, 5, 6}), Images())->rows,
            1);
  const v1::Tensor shaped = Tensor({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(DecodeRows("x", shaped, Images())->values,
              ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(TensorCodecTest, WhatIsEncodedDecodes) {
  v1::Tensor tensor;
  EncodeRows({1, 2, 3, 4, 5, 6}, 6, &tensor);
  EXPECT_THAT(DecodeRows("x", tensor, Images())->values,
              ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(TensorCodecTest, EnergiesAreOneDoubleARow) {
  v1::Tensor tensor;
  EncodeEnergies({0.5, -3e300}, &tensor);
  EXPECT_THAT(tensor.shape(), ElementsAre(2));
  EXPECT_EQ(tensor.dtype(), v1::DTYPE_FLOAT64);
  const std::vector<double> energies = {0.5, -3e300};
  EXPECT_EQ(tensor.data(),
            std::string(reinterpret_cast<const char*>(energies.data()), 16));
}

TEST(TensorCodecTest, RefusalsNameTheFieldAndAllocateNothing) {
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(RefusedField(Tensor({}, {})), "x.shape");
  EXPECT_EQ(RefusedField(Tensor({6}, {1, 2, 3, 4, 5, 6})), "x.shape");
  EXPECT_EQ(RefusedField(Tensor({0, 6}, {})), "x.shape[0]");
  EXPECT_EQ(RefusedField(Tensor({-1, 6}, {})), "x.shape[0]");
  EXPECT_EQ(RefusedField(Tensor({1, -6}, {})), "x.shape[1]");
  EXPECT_EQ(RefusedField(Tensor({huge, huge}, {})), "x.shape");
  EXPECT_EQ(RefusedField(Tensor({1, 5}, {1, 2, 3, 4, 5})), "x.shape");
  EXPECT_EQ(RefusedField(Tensor({1, 3, 2}, {1, 2, 3, 4, 5, 6})), "x.shape");
  EXPECT_EQ(RefusedField(Tensor({2, 6}, {1, 2, 3, 4, 5, 6})), "x.data");
  EXPECT_EQ(RefusedField(Tensor({huge, 6}, {1, 2, 3, 4, 5, 6})), "x.data");

  v1::Tensor odd = Tensor({1, 6}, {1, 2, 3, 4, 5, 6});
  odd.mutable_data()->push_back('!');
  EXPECT_EQ(RefusedField(odd), "x.data");
}

TEST(TensorCodecTest, RefusesOtherTypesAndUnknownOnes) {
  v1::Tensor tensor = Tensor({1, 6}, {1, 2, 3, 4, 5, 6});
  tensor.set_dtype(v1::DTYPE_UNSPECIFIED);
  EXPECT_EQ(RefusedField(tensor), "x.dtype");
  tensor.set_dtype(v1::DTYPE_FLOAT64);
  EXPECT_EQ(RefusedField(tensor), "x.dtype");
  tensor.set_dtype(static_cast<v1::Dtype>(77));
  EXPECT_EQ(RefusedField(tensor), "x.dtype");
}

TEST(TensorCodecTest, ValuesMustBeFiniteAndDenormalsAre) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const float tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(RefusedField(Tensor({1, 6}, {1, 2, nan, 4, 5, 6})), "x.data[2]");
  EXPECT_EQ(RefusedField(Tensor({1, 6}, {1, 2, 3, 4, 5, -inf})), "x.data[5]");
  EXPECT_EQ(RefusedField(Tensor({1, 6}, {1, 2, 3, 4, 5, tiny})), "");
}

}  // namespace
}  // namespace scoreserve
