// Every field of a small model file cut, flipped and made absurd: reading it ends with a graph or
// with one typed line, and takes memory in proportion.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "engine/onnx/onnx.h"
#include "tests/support/evaluate.h"
#include "tests/support/proto_tree.h"

namespace vigil {
namespace {

using testing::AllFields;
using testing::ParseModel;
using testing::ProtoField;
using testing::RandomTensor;
using testing::Serialize;

// Convolution, pooling, branches that meet, a shape that changes, a dense end.
Graph SmallModel() {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3, 9, 9}});
  const auto constant = [&](const char* name, const Shape& shape) {
    return builder.Constant(name, RandomTensor(shape, 7));
  };
  const ConvAttrs conv{.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}, .has_bias = true};
  const ValueId stem =
      builder.Add("stem", conv, {x, constant("w", {4, 3, 3, 3}), constant("b", {4})});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {stem});
  const ValueId six = builder.Add("six", UnaryAttrs{UnaryKind::kClip, 0.0f, 6.0f}, {stem});
  const ValueId sum = builder.Add("sum", BinaryAttrs{BinaryKind::kAdd}, {relu, six});
  const ValueId both = builder.Add("both", ConcatAttrs{.axis = 1}, {sum, relu});
  const ValueId turned = builder.Add("turned", TransposeAttrs{.perm = {0, 1, 3, 2}}, {both});
  const PoolAttrs pool{
      .kernel = {2, 2}, .strides = {2, 2}, .pads = {0, 0, 1, 1}, .ceil_mode = true};
  const ValueId small = builder.Add("small", pool, {turned});
  const ValueId flat = builder.Add("flat", ReshapeAttrs{.shape = {0, -1}}, {small});
  const std::int64_t features = builder.desc(flat).shape[1];
  const ValueId dense = builder.Add("dense", GemmAttrs{.trans_b = true, .has_bias = true},
                                    {flat, constant("dw", {5, features}), constant("db", {5})});
  builder.Output(builder.Add("answer", SoftmaxAttrs{.axis = 1}, {dense}));
  builder.Metadata("labels", "a,b,c,d,e");
  return std::move(builder).Build();
}

std::string SmallModelBytes() {
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const auto path = std::filesystem::path(::testing::TempDir()) / (test + ".onnx");
  SaveOnnx(SmallModel(), path);
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

std::int64_t PeakKiB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

class Mutation : public ::testing::Test {
 protected:
  Mutation() : original_(SmallModelBytes()), peak_before_(PeakKiB()) {}

  // What the sanitizers hold back of freed memory, and some: files of 8 KiB never need so much.
  void TearDown() override {
    EXPECT_LT(PeakKiB() - peak_before_, 700 * 1024);
    EXPECT_GT(refused_, 0);
    RecordProperty("files", files_);
    std::cout << files_ << " files, " << refused_ << " refused\n";
  }

  // Reads the bytes. A graph must also survive what a backend does to it first.
  void Read(const std::string& bytes, const std::string& what) {
    ++files_;
    try {
      const Graph graph =
          ParseOnnx(std::as_bytes(std::span(bytes)), "bad.onnx", {.max_folded_bytes = 64 << 20});
      if (graph.Cost().flops < 10'000'000) Optimize(graph);
    } catch (const Error& error) {
      ++refused_;
      const std::string message = error.what();
      const bool one_line = message.find('\n') == std::string::npos;
      EXPECT_TRUE(error.fault() == Fault::kModel && one_line && message.starts_with("bad.onnx: "))
          << what << ": " << message;
    } catch (const std::exception& error) {
      ADD_FAILURE() << what << ": no typed error: " << error.what();
    }
  }

  // Calls change(field) on every field in turn, each time of an untouched model, and reads what
  // comes out. `change` returns whether there was anything to change.
  template <typename Change>
  void OnEveryField(const std::string& what, const Change& change) {
    ProtoField pristine = ParseModel(original_);
    const std::size_t count = AllFields(pristine).size();
    for (std::size_t i = 0; i < count; ++i) {
      ProtoField model = pristine;
      ProtoField& field = *AllFields(model)[i];
      if (change(field)) Read(Serialize(model), what + " of " + field.path);
    }
  }

  const std::string original_;
  const std::int64_t peak_before_;
  int files_ = 0, refused_ = 0;
};

TEST_F(Mutation, Untouched_TreeGivesTheSameBytes) {
  EXPECT_EQ(Serialize(ParseModel(original_)), original_);
  EXPECT_NO_THROW(ParseOnnx(std::as_bytes(std::span(original_)), "good.onnx"));
  Read("", "nothing");
}

TEST_F(Mutation, FieldRemoved) {
  ProtoField pristine = ParseModel(original_);
  const std::function<void(ProtoField&, ProtoField&)> visit = [&](ProtoField& model,
                                                                  ProtoField& message) {
    for (std::size_t i = 0; i < message.fields.size(); ++i) {
      const ProtoField removed = message.fields[i];
      message.fields.erase(message.fields.begin() + static_cast<std::ptrdiff_t>(i));
      Read(Serialize(model), "removal of " + removed.path);
      message.fields.insert(message.fields.begin() + static_cast<std::ptrdiff_t>(i), 2, removed);
      Read(Serialize(model), "doubling of " + removed.path);
      message.fields.erase(message.fields.begin() + static_cast<std::ptrdiff_t>(i));
      visit(model, message.fields[i]);
    }
  };
  visit(pristine, pristine);
}

TEST_F(Mutation, FieldCut) {
  for (const std::size_t divisor : {1u, 2u, 3u}) {
    OnEveryField("cut", [&](ProtoField& field) {
      if (field.wire != ProtoField::kBytes) return false;
      std::string content = field.is_message ? Serialize(field) : field.bytes;
      if (content.empty()) return false;
      content.resize(divisor == 1 ? content.size() - 1 : content.size() / divisor);
      field.is_message = false;  // no lengths inside are mended
      field.bytes = content;
      return true;
    });
  }
}

TEST_F(Mutation, FileCutAnywhere) {
  for (std::size_t size = 0; size < original_.size(); ++size) {
    Read(original_.substr(0, size), "cut at " + std::to_string(size));
  }
}

TEST_F(Mutation, EveryBitOfTheStructureFlipped) {
  for (int bit = 0; bit < 64; ++bit) {
    OnEveryField("bit " + std::to_string(bit), [&](ProtoField& field) {
      if (field.wire == ProtoField::kVarint) {
        field.varint ^= std::uint64_t{1} << bit;
        return true;
      }
      // Weights may be any number; of their bits the first ones stand for all.
      const auto byte = static_cast<std::size_t>(bit / 8);
      if (field.is_message || byte >= field.bytes.size()) return false;
      field.bytes[byte] = static_cast<char>(field.bytes[byte] ^ 1 << bit % 8);
      return true;
    });
  }
}

TEST_F(Mutation, EveryBitOfTheFileFlipped) {
  for (std::size_t i = 0; i < original_.size(); ++i) {
    for (const int bit : {0, 1, 3, 4, 6, 7}) {
      std::string bytes = original_;
      bytes[i] = static_cast<char>(bytes[i] ^ 1 << bit);
      Read(bytes, "bit " + std::to_string(bit) + " of byte " + std::to_string(i));
    }
  }
}

TEST_F(Mutation, NumberMadeAbsurd) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{-7}, std::int64_t{1} << 20,
        (std::int64_t{1} << 31) - 1, std::int64_t{1} << 31, std::int64_t{1} << 32,
        std::int64_t{1} << 40, Limits::max() / 2, Limits::max(), Limits::min()}) {
    OnEveryField("value " + std::to_string(number), [&](ProtoField& field) {
      field.varint = static_cast<std::uint64_t>(number);
      return field.wire == ProtoField::kVarint;
    });
  }
}

TEST_F(Mutation, FloatMadeAbsurd) {
  using Limits = std::numeric_limits<float>;
  for (const float number : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(),
                             Limits::max(), Limits::denorm_min(), -0.0f}) {
    OnEveryField("value " + std::to_string(number), [&](ProtoField& field) {
      const bool in_tensor = field.path.ends_with("raw_data") && field.bytes.size() >= 4;
      if (field.wire != ProtoField::kFixed32 && !in_tensor) return false;
      std::memcpy(field.bytes.data(), &number, 4);
      return true;
    });
  }
}

// Shapes, strides, pads and sizes as they stand in constants that an operator reads at load.
TEST_F(Mutation, IntegersOfATensorMadeAbsurd) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t number :
       {std::int64_t{-2}, std::int64_t{0}, std::int64_t{1} << 33, Limits::max(), Limits::min()}) {
    for (std::size_t place = 0; place < 4; ++place) {
      OnEveryField("element " + std::to_string(number), [&](ProtoField& field) {
        const bool holds =
            field.path.ends_with("raw_data") && field.bytes.size() >= 8 * (place + 1);
        if (holds) std::memcpy(field.bytes.data() + 8 * place, &number, 8);
        return holds;
      });
    }
  }
}

TEST_F(Mutation, WireTypeChanged) {
  for (const auto wire : {ProtoField::kVarint, ProtoField::kFixed64, ProtoField::kBytes,
                          ProtoField::kFixed32, static_cast<ProtoField::Wire>(3),
                          static_cast<ProtoField::Wire>(4), static_cast<ProtoField::Wire>(6)}) {
    OnEveryField("wire type " + std::to_string(wire), [&](ProtoField& field) {
      if (field.wire == wire) return false;
      field.wire = wire;
      return true;
    });
  }
}

TEST_F(Mutation, FieldNumberChanged) {
  for (int number = 0; number <= 21; ++number) {
    OnEveryField("number " + std::to_string(number), [&](ProtoField& field) {
      if (field.number == number) return false;
      field.number = number;
      return true;
    });
  }
}

// Cycles, names defined twice, constants that are missing, operators that get what they never
// expected: every text of the file in every other text's place.
TEST_F(Mutation, EveryTextInEveryPlace) {
  ProtoField pristine = ParseModel(original_);
  std::set<std::string> texts = {"",     "ghost",      "ai.onnx.ml",
                                 "Loop", "two\nlines", std::string(100'000, 'n')};
  for (const ProtoField* field : AllFields(pristine)) {
    const bool is_text = field->wire == ProtoField::kBytes && !field->is_message;
    if (is_text && field->bytes.size() < 40) texts.insert(field->bytes);
  }
  for (const std::string& text : texts) {
    OnEveryField("text " + text.substr(0, 20), [&](ProtoField& field) {
      if (field.wire != ProtoField::kBytes || field.is_message || field.bytes == text) return false;
      field.bytes = text;
      return true;
    });
  }
}

}  // namespace
}  // namespace vigil
