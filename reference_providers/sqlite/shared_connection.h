// The one connection of a handle, and the threads that want it.
//
// Who reads has it alone. Writes stand in line, and the first thread of them that gets the connection does what is in
// line, one after the other for a short stint, as one transaction: what came while the disk was busy waits for the disk
// once, together. Each write is all or nothing by itself nevertheless, and none is answered before all are durable.
//
// Safe from any thread. All waiting of one call, for other threads here and then for other handles, shares one
// deadline (ERR_8); when it is over the call is Refused as busy.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "reference_providers/sqlite/connection.h"

namespace ackproof::sqlite {

// No more is begun in a transaction when it has taken so long: others wait for their turn, here and on other handles.
inline constexpr std::chrono::milliseconds kStint{100};

class SharedConnection {
 public:
  // Opens the store, or creates one.
  explicit SharedConnection(const std::filesystem::path& file);

  // For `work` only, while it has the connection.
  Connection& db() { return db_; }

  template <class Work>
  auto alone(const Work& work) {
    const Hold hold(*this);
    return work();
  }

  // Does `work` within a transaction, on this thread or on another. If a transaction fails it is done again in one of
  // its own, so all that it tells it has to set anew. Throws what `work` threw, which undoes it.
  void write(const std::function<void()>& work);

 private:
  struct Errand {
    const std::function<void()>& work;
    std::exception_ptr failure = nullptr;
    bool is_done = false;  // Guarded by mutex_.
  };
  using Errands = std::vector<Errand*>;

  // The connection, until its end.
  class Hold {
   public:
    explicit Hold(SharedConnection& shared);
    ~Hold() { shared_.leave({}); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    SharedConnection& shared_;
  };

  // Whether the thread has the connection now, and is to lead. Else the errand was done by another that did.
  bool stand_in_line(Errand& errand, Moment deadline);
  // Adds the first one in line, who now waits until its errand is done. Null: there is none.
  Errand* join_next(Errands& others);
  void leave(const Errands& done);

  // Does the thread's own errand, and those of others who join.
  void lead(Errand& own, Errands& others);
  void do_part(Errand& errand);
  void do_alone(Errand& errand);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_taken_ = false;  // This and `line_` are guarded by mutex_.
  Errands line_;
  Connection db_;  // Of the thread that has taken it.
};

}  // namespace ackproof::sqlite
