#include "estimator/service/incident_journal.h"

#include <algorithm>
#include <utility>

namespace vigil {

IncidentJournal::IncidentJournal(const Clock& clock) : clock_(clock) {
  Kind& others = kinds_.back();
  others.place = "others";
  others.message = "more kinds of incidents than one process counts";
}

std::size_t IncidentJournal::KindOf(Fault fault, ErrorCode code, std::string_view place,
                                    std::string_view message) {
  const std::lock_guard lock(mutex_);
  const std::size_t size = size_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < size; ++i) {
    if (kinds_[i].fault == fault && kinds_[i].code == code && kinds_[i].place == place) return i;
  }
  if (size == kMostKinds) return kMostKinds;
  Kind& kind = kinds_[size];
  kind.fault = fault;
  kind.code = code;
  kind.place = place;
  kind.message = message;
  size_.store(size + 1, std::memory_order_release);
  return size;
}

void IncidentJournal::CountSome(Kind& kind, std::int64_t count, std::int64_t first,
                                std::int64_t last) {
  kind.last.store(last, std::memory_order_relaxed);
  std::int64_t none = 0;
  kind.first.compare_exchange_strong(none, first, std::memory_order_relaxed);
  kind.count.fetch_add(count, std::memory_order_release);
}

bool IncidentJournal::CountKnown(std::size_t kind) {
  const std::int64_t now = clock_.WallMicros();
  const bool first = kinds_[kind].count.load(std::memory_order_relaxed) == 0;
  CountSome(kinds_[kind], 1, now, now);
  return first;
}

void IncidentJournal::TrySay(std::size_t kind, std::string message) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock) kinds_[kind].message = std::move(message);
}

void IncidentJournal::Count(Fault fault, ErrorCode code, std::string_view place,
                            std::string_view message) {
  const std::size_t kind = KindOf(fault, code, place, message);
  const std::int64_t now = clock_.WallMicros();
  const std::lock_guard lock(mutex_);
  kinds_[kind].message = message;
  CountSome(kinds_[kind], 1, now, now);
}

void IncidentJournal::Count(const Error& error, std::string_view place) {
  Count(error.fault(), error.code(), place, error.what());
}

std::vector<Incident> IncidentJournal::Take() {
  const std::lock_guard lock(mutex_);
  std::vector<Incident> incidents;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    Kind& kind = kinds_[i];
    const std::int64_t count = kind.count.exchange(0, std::memory_order_acquire);
    if (count == 0) continue;
    const std::int64_t first = kind.first.exchange(0, std::memory_order_relaxed);
    const std::int64_t last = kind.last.load(std::memory_order_relaxed);
    incidents.push_back({std::string(FaultName(kind.fault)), std::string(CodeName(kind.code)),
                         kind.place, kind.message,
                         // T may be between its time and its count.
                         first == 0 ? last : std::min(first, last), last, count});
  }
  return incidents;
}

void IncidentJournal::StoreInto(Store& store) {
  const std::vector<Incident> incidents = Take();
  if (incidents.empty()) return;
  try {
    store.CountIncidents(incidents);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    for (const Incident& incident : incidents) {
      const auto kind = std::ranges::find_if(kinds_, [&](const Kind& known) {
        return FaultName(known.fault) == incident.fault && CodeName(known.code) == incident.code &&
               known.place == incident.place;
      });
      if (kind->last.load(std::memory_order_relaxed) < incident.last_micros)
        kind->last.store(incident.last_micros, std::memory_order_relaxed);
      kind->first.store(incident.first_micros, std::memory_order_relaxed);
      kind->count.fetch_add(incident.count, std::memory_order_release);
    }
    throw;
  }
}

}  // namespace vigil
