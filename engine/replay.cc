#include "engine/replay.h"

#include <algorithm>

namespace ackproof::engine {

namespace {

// FNV-1a: the same on every machine, as a replay elsewhere has to be.
std::uint64_t seed_of(const std::string& instance, std::uint64_t execution) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : instance + "\n" + std::to_string(execution)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return hash;
}

std::string told(EntryKind kind, const Value& data) {
  const std::string named = data.value("name", data.value("key", ""));
  return std::string(name(kind)) + (named.empty() ? "" : " " + named);
}

// What has to be the same for a command to be the recorded one. Inputs may differ: a program may have been
// mended in what it says, not in what it does.
bool is_same(const Entry& recorded, EntryKind kind, const Value& data,
             std::optional<std::uint64_t> source) {
  return recorded.kind == kind && recorded.source == source &&
         told(recorded.kind, recorded.data) == told(kind, data);
}

EntryKind awaiting(EntryKind answer) {
  return answer == EntryKind::event_raised ? EntryKind::event_awaited : EntryKind::message_awaited;
}

}  // namespace

void Strand::unwind() {
  while (!frames.empty()) {
    const Frame innermost = frames.back();
    frames.pop_back();
    innermost.disown(innermost.owner);
    innermost.handle.destroy();
  }
}

void Replay::unwind() {
  for (const auto& [number, strand] : strands_) strand->unwind();
}

Replay::Replay(std::string instance, std::uint64_t execution, std::vector<Entry> history)
    : instance_(std::move(instance)),
      execution_(execution),
      history_(std::move(history)),
      now_(history_.front().at),
      random_(seed_of(instance_, execution_)) {
  for (const Entry& entry : history_) {
    if (is_command(entry.kind)) {
      commands_.push_back(&entry);
      known_.emplace(entry.id, &entry);
    }
    if (is_answer(entry.kind)) answers_.push_back(&entry);
    next_id_ = std::max(next_id_, entry.id + 1);
  }
}

void Replay::run(const std::shared_ptr<Strand>& main) {
  main->is_main = true;
  main_ = main.get();
  spawn(main);
  run_ready();
  while (applied_ < answers_.size() && !main->frames.empty()) {
    const Entry& answer = *answers_[applied_++];
    now_ = answer.at;
    apply(answer);
    run_ready();
  }
  if (mismatch_) throw Failed(*mismatch_);
  if (given_ < commands_.size()) {
    const Entry& recorded = *commands_[given_];
    differs(told(recorded.kind, recorded.data) + " #" + std::to_string(recorded.id),
            main->frames.empty() ? "has ended" : "waits for something else");
  }
}

// By number: who runs may spawn others. Once the program has ended, what it left running is over.
void Replay::run_ready() {
  for (bool again = true; again;) {
    again = false;
    std::uint64_t after = 0;
    for (auto at = awake_.begin(); at != awake_.end() && !main_->frames.empty();
         at = awake_.upper_bound(after)) {
      after = *at;
      const std::shared_ptr<Strand> strand = strands_.at(after);
      current_ = strand.get();
      const bool is_over = strand->frames.empty();  // It was dropped.
      if (!is_over && strand->until && !strand->until() && !is_cancelled()) continue;
      again = again || !is_over;
      resume(*strand);
      settle(*strand);
    }
  }
}

void Replay::resume(Strand& strand) {
  strand.until = nullptr;
  strand.awaits.reset();
  while (!strand.frames.empty() && !strand.until) {
    current_ = &strand;
    strand.frames.back().handle.resume();
  }
}

// The main one stays awake, because a cancellation may come instead of the answer.
void Replay::settle(Strand& strand) {
  if (strand.is_main) return;
  const std::uint64_t number = strand.number;
  if (strand.frames.empty()) {
    awake_.erase(number);
    strands_.erase(number);
  } else if (strand.awaits) {
    awake_.erase(number);
    asleep_[*strand.awaits].push_back(number);
  }
}

std::uint64_t Replay::command(EntryKind kind, Value data, std::optional<std::uint64_t> source) {
  if (mismatch_) throw Failed(*mismatch_);
  std::uint64_t id = 0;
  if (given_ < commands_.size()) {
    const Entry& recorded = *commands_[given_];
    if (!is_same(recorded, kind, data, source)) {
      differs(told(recorded.kind, recorded.data) + " #" + std::to_string(recorded.id),
              "does " + told(kind, data));
    }
    ++given_;
    id = recorded.id;
  } else {
    id = next_id_++;
    fresh_.push_back({id, kind, source, history_.back().at, std::move(data)});
  }
  const Value& said = entry(id).data;
  if (kind == EntryKind::event_awaited || kind == EntryKind::message_awaited) {
    take_waiting(id, said, kind);
  }
  current_->commands.insert(id);
  return id;
}

const Entry& Replay::entry(std::uint64_t id) const {
  if (const auto found = known_.find(id); found != known_.end()) return *found->second;
  return fresh_[id - fresh_.front().id];  // They are numbered without a gap.
}

const Entry* Replay::answer_to(std::uint64_t id) const {
  const auto found = answered_.find(id);
  return found == answered_.end() ? nullptr : found->second;
}

void Replay::drop(std::uint64_t id) {
  if (answered_.contains(id) || !dropped_.insert(id).second) return;
  for (auto& [what, waiting] : waiters_) std::erase(waiting, id);
  command(EntryKind::dropped, Value::object(), id);
}

void Replay::spawn(std::shared_ptr<Strand> strand) {
  strand->number = ++spawned_;
  awake_.insert(strand->number);
  strands_.emplace(strand->number, std::move(strand));
}

void Replay::drop_strand(Strand& strand) {
  strand.unwind();
  for (const std::uint64_t id : std::set<std::uint64_t>(strand.commands)) {
    const EntryKind kind = entry(id).kind;
    if (kind == EntryKind::activity_scheduled || kind == EntryKind::timer_created ||
        kind == EntryKind::event_awaited || kind == EntryKind::message_awaited ||
        kind == EntryKind::child_scheduled) {
      drop(id);
    }
  }
}

std::string Replay::see_cancellation() {
  return std::exchange(cancellation_, nullptr)->data.value("reason", "");
}

// An answer to what nobody waits for any more says nothing, and so does a second one.
void Replay::apply(const Entry& answer) {
  if (answer.kind == EntryKind::cancel_requested) {
    cancellation_ = &answer;
  } else if (answer.source) {
    if (!dropped_.contains(*answer.source)) put_answer(*answer.source, answer);
  } else {
    hand_to_waiter(answer);
  }
}

void Replay::hand_to_waiter(const Entry& answer) {
  const std::pair key(awaiting(answer.kind), answer.data.value("name", ""));
  std::deque<std::uint64_t>& waiting = waiters_[key];
  if (waiting.empty()) {
    arrived_[key].push_back(&answer);
    return;
  }
  put_answer(waiting.front(), answer);
  waiting.pop_front();
}

void Replay::put_answer(std::uint64_t id, const Entry& answer) {
  if (!answered_.emplace(id, &answer).second) return;
  const auto found = asleep_.find(id);
  if (found == asleep_.end()) return;
  for (const std::uint64_t number : found->second) {
    if (strands_.contains(number)) awake_.insert(number);
  }
  asleep_.erase(found);
}

void Replay::take_waiting(std::uint64_t id, const Value& data, EntryKind kind) {
  const std::pair key(kind, data.value("name", ""));
  std::deque<const Entry*>& early = arrived_[key];
  if (early.empty()) {
    waiters_[key].push_back(id);
    return;
  }
  put_answer(id, *early.front());
  early.pop_front();
}

std::vector<const Entry*> Replay::unanswered() const {
  std::vector<const Entry*> open;
  const auto add = [&](const Entry& entry) {
    const bool can_be_answered = entry.kind == EntryKind::activity_scheduled ||
                                 entry.kind == EntryKind::timer_created ||
                                 entry.kind == EntryKind::child_scheduled;
    if (can_be_answered && !answered_.contains(entry.id) && !dropped_.contains(entry.id)) {
      open.push_back(&entry);
    }
  };
  for (const Entry* entry : commands_) add(*entry);
  for (const Entry& entry : fresh_) add(entry);
  return open;
}

std::vector<const Entry*> Replay::messages_left() const {
  std::vector<const Entry*> left;
  for (const auto& [key, early] : arrived_) {
    if (key.first == EntryKind::message_awaited)
      left.insert(left.end(), early.begin(), early.end());
  }
  for (std::size_t i = applied_; i < answers_.size(); ++i) {
    if (answers_[i]->kind == EntryKind::message_queued) left.push_back(answers_[i]);
  }
  std::ranges::sort(left, {}, &Entry::id);
  return left;
}

void Replay::differs(const std::string& recorded, const std::string& wanted) {
  Failure failure;
  failure.kind = FailureKind::nondeterministic;
  failure.message = "the history says " + recorded + ", the program " + wanted;
  failure.context = {{"history", recorded}, {"program", wanted}};
  failure.source = history_.front().data.value("name", "");
  failure.is_retryable = false;
  mismatch_.emplace(std::move(failure));
  throw Failed(*mismatch_);
}

}  // namespace ackproof::engine
