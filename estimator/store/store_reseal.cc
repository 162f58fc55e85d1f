#include "engine/base/text.h"
#include "estimator/store/payload.h"
#include "estimator/store/schema.h"
#include "estimator/store/sqlite.h"
#include "estimator/store/store.h"

namespace vigil {
namespace {

using sqlite::Database;
using sqlite::Statement;

// Of one transaction: some 10 ms of work.
constexpr std::int64_t kRecordsAtOnce = 64;

struct Resealed {
  std::int64_t id = 0;
  std::vector<std::byte> payload;
};

// The next records behind `after` that another key sealed, sealed anew; moves `after` to the last
// one looked at. Returns false where there was none to look at.
bool SealNext(Database& database, const PayloadCodec& codec, std::int64_t& after,
              std::vector<Resealed>& batch) {
  Statement rows(database, Text("SELECT id, model_hash, key_id, payload FROM records WHERE id > ?1"
                                " AND key_id <> ?2 AND ",
                                sqlite::OpenableBy(codec), " ORDER BY id LIMIT ?3"));
  rows.Bind(1, after).Bind(2, codec.seal_key()).Bind(3, kRecordsAtOnce);
  bool any = false;
  while (rows.Step()) {
    any = true;
    after = rows.Integer(0);
    const PayloadOwner owner{.record_id = after,
                             .model_hash = static_cast<std::uint64_t>(rows.Integer(1))};
    try {
      const auto packed = OpenPayload(rows.Bytes(3), owner, rows.Integer(2), codec);
      batch.push_back({after, SealPayload(packed, owner, codec)});
    } catch (const Error&) {
      // Damaged: ReadUnjudged sets it aside with its fault when its turn comes.
    }
  }
  return any;
}

// Every commit reaches the disk as long as it lives.
class Durably {
 public:
  explicit Durably(Database& database) : database_(database) {
    database_.Execute("PRAGMA synchronous = FULL");
  }
  ~Durably() {
    try {
      database_.Execute("PRAGMA synchronous = NORMAL");
    } catch (const Error&) {
      // Then it stays durable, and slow.
    }
  }
  Durably(const Durably&) = delete;
  Durably& operator=(const Durably&) = delete;

 private:
  Database& database_;
};

}  // namespace

std::int64_t Store::Reseal() {
  const std::lock_guard lock(mutex_);
  const Durably durably(*database_);
  std::int64_t count = 0, after = 0;
  for (bool more = true; more;) {
    sqlite::Transaction transaction(*database_);
    std::vector<Resealed> batch;
    more = SealNext(*database_, *options_.codec, after, batch);
    Statement update(*database_, "UPDATE records SET payload = ?1, key_id = ?2 WHERE id = ?3");
    for (const Resealed& record : batch) {
      update.Bind(1, record.payload).Bind(2, options_.codec->seal_key()).Bind(3, record.id).Run();
    }
    transaction.Commit();
    count += static_cast<std::int64_t>(batch.size());
  }
  return count;
}

}  // namespace vigil
