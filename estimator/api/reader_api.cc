#include <limits>
#include <optional>

#include "estimator/api/guard.h"
#include "estimator/monitor/robustness/competence.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/store/store.h"

struct vigil_reader {
  std::unique_ptr<vigil::Store> store;
  std::string competence_text;  // the note that `competence` was read from
  std::optional<vigil::Competence> competence;

  // The evaluator may have been given another combination since.
  void Refresh() {
    std::string text = store->Note(vigil::kBeyondNote);
    if (text == competence_text) return;
    competence.reset();
    if (!text.empty()) competence = vigil::CompetenceFromJson(text);
    competence_text = std::move(text);
  }
};

namespace vigil::api {
namespace {

constexpr std::int64_t kPage = 1000;  // verdicts that are looked at in one question to the store

bool IsFlagged(const vigil_reader& reader, const Verdict& verdict) {
  return reader.competence && reader.competence->IsFlagged(verdict);
}

vigil_verdict ToC(const vigil_reader& reader, const Verdict& verdict) {
  const auto reading = [](const std::optional<float>& value) {
    return value.value_or(std::numeric_limits<float>::quiet_NaN());
  };
  vigil_verdict out{};
  if (!verdict.correct) out.flags |= VIGIL_JUDGED_WRONG;
  if (IsFlagged(reader, verdict)) out.flags |= VIGIL_BEYOND_COMPETENCE;
  out.record = verdict.record_id;
  out.time = verdict.time_micros;
  out.p_correct = verdict.p_correct_calibrated;
  out.beyond = reading(verdict.readings.beyond);
  out.outlier = reading(verdict.readings.outlier);
  out.flip_rate = reading(verdict.readings.flip_rate);
  return out;
}

// As much of it as the caller's version has.
void Write(vigil_verdict ours, vigil_verdict* theirs) {
  const vigil_verdict given = Read(theirs, "vigil_verdict");
  ours.size = given.size;
  std::memcpy(theirs, &ours, std::min<std::size_t>(given.size, sizeof ours));
}

}  // namespace
}  // namespace vigil::api

using vigil::api::Guarded;
using vigil::api::Need;

extern "C" {

vigil_status vigil_reader_open(const char* path, vigil_reader** out) {
  return Guarded([&] {
    Need(path, "path");
    Need(out, "out");
    vigil::StoreOptions options{.create = false};
    options.codec = vigil::LookingCodec();
    auto handle = std::make_unique<vigil_reader>();
    handle->store = std::make_unique<vigil::Store>(path, std::move(options));
    *out = handle.release();
  });
}

vigil_status vigil_reader_verdict(vigil_reader* handle, int64_t record, vigil_verdict* verdict,
                                  int32_t* found) {
  return Guarded([&] {
    Need(handle, "reader");
    Need(found, "found");
    vigil::api::Read(verdict, "vigil_verdict");
    const std::optional<vigil::Verdict> stored = handle->store->FindVerdict(record);
    if (stored) {
      handle->Refresh();
      vigil::api::Write(vigil::api::ToC(*handle, *stored), verdict);
    }
    *found = stored ? 1 : 0;
  });
}

vigil_status vigil_reader_flagged(vigil_reader* handle, int64_t after, int64_t* ids,
                                  size_t capacity, size_t* count) {
  return Guarded([&] {
    Need(handle, "reader");
    Need(ids, "ids");
    Need(count, "count");
    handle->Refresh();
    std::vector<int64_t> flagged;
    for (bool more = capacity > 0; more;) {
      const std::vector<vigil::Verdict> page =
          handle->store->VerdictsAfter(after, vigil::api::kPage);
      for (const vigil::Verdict& verdict : page) {
        after = verdict.record_id;
        if (flagged.size() < capacity && vigil::api::IsFlagged(*handle, verdict))
          flagged.push_back(verdict.record_id);
      }
      more =
          flagged.size() < capacity && page.size() == static_cast<std::size_t>(vigil::api::kPage);
    }
    std::ranges::copy(flagged, ids);
    *count = flagged.size();
  });
}

void vigil_reader_close(vigil_reader* handle) { delete handle; }

}  // extern "C"
