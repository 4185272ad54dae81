// How the calls of several threads are served together, and become one frame.
#include "reference_providers/filesystem/ledger.h"

#include <algorithm>
#include <utility>

#include "reference_providers/filesystem/errors.h"

namespace ackproof::filesystem {

namespace {

// What a frame needs at least. While less is left on the disk no change is begun.
constexpr std::uint64_t kLeastRoom = 4096;

}  // namespace

Ledger::Ledger(const std::filesystem::path& folder, std::shared_ptr<Clock> clock,
               const Limits& limits, Seams seams)
    : folder_(folder), clock_(std::move(clock)), limits_(limits), seams_(std::move(seams)) {
  seams_.files->make_folder(folder_);
  demand_own_folder();
  lock_.emplace(*seams_.files, folder_ / "lock");
  run(false, [](memory::Store&, Time) {});
}

Ledger::Sight Ledger::run(bool changes, const Work& work) {
  Call call{
      .work = work, .changes = changes, .deadline = std::chrono::steady_clock::now() + kPatience};
  {
    std::unique_lock lock(mutex_);
    waiting_.push_back(&call);
    while (!call.is_done) {
      if (!is_led_) {
        is_led_ = true;
        lock.unlock();
        const Calls served = lead(call);
        lock.lock();
        for (Call* each : served) each->is_done = true;
        is_led_ = false;
        changed_.notify_all();
      } else if (const auto place = std::ranges::find(waiting_, &call); place == waiting_.end()) {
        changed_.wait(lock);  // It is being served.
      } else if (std::chrono::steady_clock::now() >= call.deadline) {
        waiting_.erase(place);
        throw Refused(ErrorKind::busy, "other calls keep this handle busy");
      } else {
        changed_.wait_until(lock, call.deadline);
      }
    }
  }
  if (call.failure) throw Refused(call.failure->kind, call.failure->message);
  return std::move(call.sight);
}

// Serves all who wait, also those who come while the leader waits for other handles.
Ledger::Calls Ledger::lead(Call& own) {
  std::optional<Error> failure;
  try {
    lock_->lock(own.deadline);
  } catch (...) {
    failure = translate("");
  }
  Calls group;
  {
    const std::lock_guard guard(mutex_);
    if (failure) {
      own.failure = std::move(failure);
      own.is_done = true;
      waiting_.erase(std::ranges::find(waiting_, &own));
      return group;
    }
    group.swap(waiting_);
  }
  serve(group);
  lock_->unlock();
  return group;
}

void Ledger::serve(const Calls& group) {
  std::optional<Error> failure;
  try {
    refresh();
    perform(group);
    if (!pending_.empty()) commit();
    for (Call* call : group) call->sight = {file_, {generation_, end_}};
  } catch (...) {
    failure = translate("");
  }
  if (failure) {
    forget();
    // Who changed nothing may have seen what is not there now.
    const Error nothing{ErrorKind::busy, "", "the store has to be read anew"};
    const bool may_be_there = failure->kind == ErrorKind::unknown_outcome;
    for (Call* call : group) {
      call->failure = call->has_effect || !may_be_there ? *failure : nothing;
    }
  } else if (has_grown()) {
    take_snapshot();
  }
}

void Ledger::perform(const Calls& group) {
  std::optional<Error> no_room;
  if (std::ranges::any_of(group, [](const Call* call) { return call->changes; })) {
    try {
      make_room(kLeastRoom);
    } catch (...) {
      no_room = translate("");
    }
  }
  for (Call* call : group) {
    if (call->changes && no_room) {
      call->failure = no_room;
      continue;
    }
    const std::size_t before = pending_.keys.size();
    try {
      call->work(*store_, clock_->now());
    } catch (...) {
      call->failure = translate("");
    }
    call->has_effect = pending_.keys.size() != before;
  }
}

void Ledger::refresh() {
  if (store_ == nullptr) return load();
  const Mark mark = lock_->mark();
  if (mark == Mark{generation_, end_}) return;
  mark.generation == generation_&& mark.end > end_ ? catch_up(mark) : load();
}

// The descriptor goes too: after a failed sync it might tell of a success that was none.
void Ledger::forget() noexcept {
  store_.reset();
  file_.reset();
  pending_ = {};
}

}  // namespace ackproof::filesystem
