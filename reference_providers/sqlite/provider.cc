// The edge of the provider: arguments are checked, the transaction is made, errors are translated.
#include <sqlite3.h>

#include <condition_variable>
#include <mutex>
#include <type_traits>

#include "contract/rules.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/schema.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/sqlite_provider.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

Capabilities capabilities() {
  Capabilities declared;
  declared.facets = {Capability::queues};
  declared.limits.payload_bytes = 64U << 20U;
  declared.limits.id_bytes = kLongestId;
  declared.limits.history_events = 1'000'000;
  declared.limits.commit_items = 10'000;
  declared.limits.batch_messages = 10'000;
  declared.limits.smallest_lock = Duration(1);
  declared.clocks = {ClockSource::injected, ClockSource::local};
  declared.durability = Durability::power_loss;
  declared.several_processes = true;
  declared.call_limit = 2 * kPatience;
  return declared;
}

namespace {

// A mutex whose wait ends. (std::timed_mutex would do, were its wait known to ThreadSanitizer.)
class Gate {
 public:
  bool try_lock_until(Moment deadline) {
    std::unique_lock lock(mutex_);
    if (!opened_.wait_until(lock, deadline, [&] { return !is_taken_; })) return false;
    is_taken_ = true;
    return true;
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      is_taken_ = false;
    }
    opened_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_taken_ = false;  // Guarded by mutex_.
};

class SqliteProvider final : public Provider {
 public:
  SqliteProvider(const std::filesystem::path& file, std::shared_ptr<Clock> clock)
      : clock_(std::move(clock)), db_(file) {
    prepare_store(db_);
  }

  Description describe() const override {
    return {"sqlite", "1.0.0", std::string("SQLite ") + sqlite3_libversion(), offered_};
  }

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (auto refusal = rules::enqueue_message(offered_, message, delay)) return *refusal;
    return write("enqueue_message", [&](Time now) { put_message(db_, message, now, delay); });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (auto refusal = rules::fetch_turn(offered_, options)) return *refusal;
    return write("fetch_turn", [&](Time now) { return sqlite::fetch_turn(db_, options, now); });
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (auto refusal = rules::ack_turn(offered_, commit)) return *refusal;
    return write("ack_turn", [&](Time now) { sqlite::ack_turn(db_, token, commit, now); });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    if (auto refusal = rules::abandon("abandon_turn", how)) return *refusal;
    return write("abandon_turn", [&](Time now) { sqlite::abandon_turn(db_, token, how, now); });
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    if (auto refusal = rules::renew("renew_turn", extend_for)) return *refusal;
    return write("renew_turn", [&](Time now) { sqlite::renew_turn(db_, token, extend_for, now); });
  }

  Result<void> enqueue_activity(const Activity& activity) override {
    if (auto refusal = rules::enqueue_activity(offered_, activity)) return *refusal;
    return write("enqueue_activity", [&](Time) { put_activity(db_, activity); });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (auto refusal = rules::fetch_activity(offered_, options)) return *refusal;
    return write("fetch_activity",
                 [&](Time now) { return sqlite::fetch_activity(db_, options, now); });
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (auto refusal = rules::ack_activity(offered_, completion)) return *refusal;
    return write("ack_activity",
                 [&](Time now) { sqlite::ack_activity(db_, token, completion, now); });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    if (auto refusal = rules::abandon("abandon_activity", how)) return *refusal;
    return write("abandon_activity",
                 [&](Time now) { sqlite::abandon_activity(db_, token, how, now); });
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    if (auto refusal = rules::renew("renew_activity", extend_for)) return *refusal;
    return write("renew_activity",
                 [&](Time now) { sqlite::renew_activity(db_, token, extend_for, now); });
  }

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (auto refusal = rules::read("read_history", offered_, instance, execution)) return *refusal;
    return alone("read_history", [&] { return sqlite::read_history(db_, instance, execution); });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    if (auto refusal = rules::read("read_instance", offered_, instance)) return *refusal;
    return alone("read_instance", [&] { return sqlite::read_instance(db_, instance); });
  }

 private:
  // Runs `work` while nobody else uses the connection. All waiting of one call, for other threads
  // here and then for other handles, shares one deadline (ERR_8).
  template <class Work>
  auto alone(std::string_view operation, const Work& work) -> Result<std::invoke_result_t<Work>> {
    try {
      const Moment deadline = std::chrono::steady_clock::now() + kPatience;
      const std::unique_lock lock(gate_, deadline);
      if (!lock) throw Refused(ErrorKind::busy, "other calls keep this handle busy");
      db_.be_patient_until(deadline);
      if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
        work();
        return {};
      } else {
        return work();
      }
    } catch (...) {
      return translate(operation);
    }
  }

  // Runs `work` as one transaction. The write lock is taken first, so the clock is read after the
  // last wait, and nobody can come between it and the commit (TIME_3).
  template <class Work>
  auto write(std::string_view operation, const Work& work)
      -> Result<std::invoke_result_t<Work, Time>> {
    return alone(operation, [&] {
      Transaction transaction(db_, sql::kBeginWrite);
      if constexpr (std::is_void_v<std::invoke_result_t<Work, Time>>) {
        work(clock_->now());
        transaction.commit();
      } else {
        auto answer = work(clock_->now());
        transaction.commit();
        return answer;
      }
    });
  }

  const Capabilities offered_ = capabilities();
  const std::shared_ptr<Clock> clock_;
  Gate gate_;
  Connection db_;  // Guarded by gate_.
};

}  // namespace

Result<std::unique_ptr<Provider>> open(const std::filesystem::path& file,
                                       std::shared_ptr<Clock> clock) {
  try {
    if (!clock) clock = std::make_shared<SystemClock>();
    return std::unique_ptr<Provider>(std::make_unique<SqliteProvider>(file, std::move(clock)));
  } catch (...) {
    Error error = translate("open");
    error.message = "cannot open the store " + file.string() + ": " + error.message;
    return error;
  }
}

}  // namespace ackproof::sqlite
