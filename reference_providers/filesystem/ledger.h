// One handle's store: the index in memory and the journal that makes it last.
//
// A call does its work on the memory provider's store, which says what it came to (an effect). The
// effects of all calls that came at about one time are one frame; when that is written and synced,
// the calls return. All of this happens under the lock of the store, and begins with reading what
// others have written meanwhile. So what anybody sees is synced.
//
// If anything fails on the way, the index may tell more than the journal. Then it is dropped, with
// the descriptor, and the next call makes it anew from the file.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "contract/capability.h"
#include "contract/clock.h"
#include "reference_providers/filesystem/codec.h"
#include "reference_providers/filesystem/journal.h"
#include "reference_providers/filesystem/lock.h"
#include "reference_providers/filesystem/seams.h"
#include "reference_providers/memory/store.h"

namespace ackproof::filesystem {

// How long a call waits for others before it is `busy`.
inline constexpr std::chrono::seconds kPatience{5};

class Ledger {
 public:
  // Opens the store in the folder, or creates it. Throws what `open` of the provider answers.
  Ledger(const std::filesystem::path& folder, std::shared_ptr<Clock> clock, const Limits& limits,
         Seams seams);

  using Work = std::function<void(memory::Store& store, Time now)>;

  // What a call saw: a journal, up to its end.
  struct Sight {
    std::shared_ptr<File> file;
    Mark mark;
  };

  // Runs `work` alone on the store, and returns when what it changed, and what it saw, is durable.
  // `changes`: whether it may change something. Throws if anything failed; then nothing happened,
  // unless that was `unknown_outcome`.
  Sight run(bool changes, const Work& work);

  // Whether anybody has changed the store since. Waits for nobody.
  bool is_changed_since(const Sight& sight) { return lock_->mark() != sight.mark; }

  Clock& clock() { return *clock_; }
  Files& files() { return *seams_.files; }

 private:
  struct Call {
    const Work& work;
    const bool changes;
    const Moment deadline;
    bool has_effect = false;
    bool is_done = false;  // Guarded by mutex_.
    std::optional<Error> failure = std::nullopt;
    Sight sight = {};
  };
  using Calls = std::vector<Call*>;  // In the order in which they came.

  // What one thread does for all calls that wait, its own among them; all but the first under the
  // lock of the store.
  Calls lead(Call& own);
  void serve(const Calls& group);
  void perform(const Calls& group);
  void refresh();

  // ledger_recovery.cc
  void demand_own_folder() const;
  void load();
  void create();
  void catch_up(const Mark& mark);
  void apply(Seams::When when, const FrameReader& reader, memory::Store& store) const;
  void cut(const File& file, std::uint64_t generation, std::uint64_t end, std::uint64_t sequence);
  void prove(const File& file, std::uint64_t begin, std::uint64_t end, bool has_name);

  // ledger_writing.cc
  void witness(Effect& effect);
  void make_room(std::uint64_t bytes);
  void commit();
  bool has_grown() const;
  void take_snapshot();
  std::uint64_t write_snapshot(const File& file, std::uint64_t generation);
  void forget() noexcept;

  std::filesystem::path journal_path() const { return folder_ / "journal"; }
  std::filesystem::path snapshot_path() const { return folder_ / "journal.new"; }

  const std::filesystem::path folder_;
  const std::shared_ptr<Clock> clock_;
  const Limits limits_;
  const Seams seams_;
  std::optional<Lock> lock_;

  // Who leads has these to itself.
  std::unique_ptr<memory::Store> store_;  // Null: it has to be made from the journal.
  std::shared_ptr<File> file_;
  std::uint64_t generation_ = 0;
  std::uint64_t snapshot_end_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t room_end_ = 0;            // Where the zeros end, as far as is known.
  std::uint64_t no_snapshot_before_ = 0;  // After one that failed.
  Encoded pending_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Calls waiting_;        // Guarded by mutex_.
  bool is_led_ = false;  // Guarded by mutex_.
};

}  // namespace ackproof::filesystem
