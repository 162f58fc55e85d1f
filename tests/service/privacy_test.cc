// From an image to the store's file, its journal and the log, with the models that ship and no
// compression in between: what somebody who reads those finds of the image and of T's features.
#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "engine/base/log.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/image_io.h"
#include "estimator/data/model_input.h"
#include "estimator/models/model_files.h"
#include "estimator/service/target_runtime.h"
#include "estimator/store/payload.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tests/store/store_fixture.h"
#include "tests/store/uncompressed_bodies.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kRun = 16;  // bytes; fewer may meet by chance
using Run = std::array<char, kRun>;

// Every run of bytes that must not be found, but those of nearly one value alone, such as the zeros
// behind a ReLU, which any file has.
class Secrets {
 public:
  void Add(std::span<const std::byte> bytes) {
    for (std::size_t at = 0; at + kRun <= bytes.size(); ++at) {
      Run run;
      std::memcpy(run.data(), bytes.data() + at, kRun);
      if (std::set<char>(run.begin(), run.end()).size() >= 6) runs_.push_back(run);
    }
  }
  void Sort() { std::ranges::sort(runs_); }
  std::size_t size() const { return runs_.size(); }

  // How many runs of these bytes are secret.
  std::int64_t In(const std::string& bytes) const {
    std::int64_t found = 0;
    for (std::size_t at = 0; at + kRun <= bytes.size(); ++at) {
      Run run;
      std::memcpy(run.data(), bytes.data() + at, kRun);
      found += std::ranges::binary_search(runs_, run);
    }
    return found;
  }

 private:
  std::vector<Run> runs_;
};

// A photograph where there is one, else a rendered person.
Image Picture() {
  const std::filesystem::path photograph = testing::SharedData() / "photos/astronaut.png";
  if (std::filesystem::exists(photograph)) {
    try {
      return LoadImage(photograph);
    } catch (const Error&) {
      // A build that reads no image files.
    }
  }
  return RenderedHeads({.seed = 3, .count = 1}).Get(0).image;
}

class PrivacyTest : public testing::StoreTest {
 protected:
  PrivacyTest() {
    const Graph target = LoadOnnx(FindModel("directness_target"));
    const Shape& shape = target.value(target.inputs()[0]).desc.shape;
    const Image picture = Picture();
    image_ = CropAndResize(picture, MiddleOf(picture, 1, 1), static_cast<int>(shape[3]),
                           static_cast<int>(shape[2]));
    input_ = Tensor(TensorDesc{DType::kFloat32, shape});
    ToTensor(image_, NormalisationOf(target), 0, input_);
    tapped_ = TappedTarget(target,
                           ReadEstimatorMetadata(LoadOnnx(FindModel("directness_estimator"))).taps);
  }

  std::shared_ptr<Store> Open(std::shared_ptr<const PayloadCodec> codec) {
    StoreOptions options;
    options.codec = std::move(codec);
    options.busy_timeout = std::chrono::milliseconds(200);
    return std::make_shared<Store>(path_, std::move(options));
  }

  // Three inferences by T, kept, and stored if the store takes them.
  void Infer(std::shared_ptr<Store> store) {
    TargetRuntimeOptions options;
    options.tap_encodings = {Encoding::kInt8};
    options.keeper.slots = 8;
    TargetRuntime runtime(*tapped_, MakeCpuBackend(), std::move(store), options);
    std::vector<float> output(static_cast<std::size_t>(runtime.target().output().elements()));
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(runtime.Infer(input_.view(), output, {{"camera", "front"}}).kept);
    }
  }

  // The image as T's user has it and as T takes it, and all that a record holds of it.
  Secrets Hidden(const Record& record) const {
    Secrets secrets;
    secrets.Add(std::as_bytes(std::span(image_.rgb)));
    secrets.Add(std::as_bytes(input_.as<float>()));
    secrets.Add(SerializeBody(record));
    secrets.Sort();
    return secrets;
  }

  std::string OnDisk() const {
    std::string bytes;
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::ifstream in(path_ + suffix, std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
  }

  const testing::UncompressedBodies uncompressed_;
  Image image_;
  Tensor input_;
  std::optional<Graph> tapped_;
};

TEST_F(PrivacyTest, PlainStore_ShowsTheFeaturesToTheSameSearch_AndNeverTheImage) {
  const auto store = Open(PlainCodec());
  Infer(store);
  const Record record = store->ReadUnjudged(1).at(0);
  EXPECT_GT(Hidden(record).In(OnDisk()), 1000);
  Secrets image;
  image.Add(std::as_bytes(std::span(image_.rgb)));
  image.Add(std::as_bytes(input_.as<float>()));
  image.Sort();
  EXPECT_GT(image.size(), 30000u);
  EXPECT_EQ(image.In(OnDisk()), 0);
}

TEST_F(PrivacyTest, SealedStore_ItsJournalAndTheLog_ShowNothing_WhateverHappensToIt) {
  const SecretKey key = SecretKey::Generate();
  InitLog(LogLevel::kDebug);
  ::testing::internal::CaptureStderr();
  Infer(Open(SealingCodec(key.public_key())));
  std::string shown = OnDisk();
  // A store that refuses is in the log; a record that was tampered with, in the store.
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  Infer(Open(SealingCodec(key.public_key())));
  sqlite3_close(other);
  testing::RunSql(path_,
                  "UPDATE records SET payload = substr(payload, 1, 60) || x'00' || "
                  "substr(payload, 62) WHERE id = 1");
  std::optional<Secrets> hidden;
  {
    const auto evaluator = Open(OpeningCodec({key}));
    const std::vector<Record> records = evaluator->ReadUnjudged(10);
    ASSERT_FALSE(records.empty());
    hidden = Hidden(records[0]);
    shown += OnDisk();
    EXPECT_EQ(evaluator->Stats().totals.set_aside, 1);
    evaluator->ReportFailure(records[0].id, Error(Fault::kInput, ErrorCode::kInvalidShape, "tap"));
    evaluator->Judge(std::vector{testing::MakeVerdict(records[0].id)});
    shown += OnDisk();
  }
  shown += OnDisk();
  const std::string log = ::testing::internal::GetCapturedStderr();
  InitLog(LogLevel::kWarning);
  EXPECT_THAT(log, HasSubstr("records lost"));
  EXPECT_GT(hidden->size(), 30000u);
  EXPECT_EQ(hidden->In(shown), 0);
  EXPECT_EQ(hidden->In(log), 0);
}

TEST_F(PrivacyTest, WrongKeyAndWritersKey_OpenNothing) {
  const SecretKey key = SecretKey::Generate();
  Infer(Open(SealingCodec(key.public_key())));
  for (const auto& codec :
       {OpeningCodec({SecretKey::Generate()}), SealingCodec(key.public_key()), LookingCodec()}) {
    const auto store = Open(codec);
    EXPECT_THAT(store->ReadUnjudged(10), IsEmpty());
    EXPECT_EQ(store->Stats().unopenable, 3);
  }
  EXPECT_EQ(Open(OpeningCodec({key}))->ReadUnjudged(10).size(), 3u);
}

}  // namespace
}  // namespace vigil
