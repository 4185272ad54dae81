// What a program sees of the engine.
//
// A program is a function `Task<Out> program(Context& context, In input)`. Whatever it learns of the world it
// learns here, so that a replay gives it the same again: no clocks, dice or files of its own.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/task.h"

namespace ackproof::engine {

// Attempts, the first included, and the pauses between them: first, first * factor, … at most `longest`.
struct RetryPolicy {
  RetryPolicy() = default;
  explicit RetryPolicy(unsigned most) : attempts(most) {}

  unsigned attempts = 1;
  Duration first_pause{100};
  double factor = 2;
  Duration longest_pause{60'000};

  // After the attempt of this number, from 1.
  Duration pause_after(unsigned attempt) const;
};

// How an activity is done.
struct CallOptions {
  CallOptions() = default;
  explicit CallOptions(RetryPolicy policy) : retry(policy) {}

  RetryPolicy retry;                   // Of `call`; `activity` tries once.
  std::optional<Duration> timeout;     // Of each attempt, from when it is scheduled.
  std::optional<std::string> session;  // Facet sessions.
  std::optional<std::string> tag;      // Facet tags.
};

class Context;

// Something that was asked for and may be answered: awaited now, later, in a select, or never. Copies stand
// for the same. Awaiting throws Failed when it failed, or when the workflow was cancelled meanwhile.
class Awaited {
 public:
  Awaited(Replay& replay, std::uint64_t id) : replay_(&replay), id_(id) {}

  bool is_done() const { return replay_->answer_to(id_) != nullptr; }
  // Nobody will wait for it: an activity that did not begin never does.
  void drop() { replay_->drop(id_); }
  std::uint64_t id() const { return id_; }

 protected:
  Value answer() const;
  Replay& replay() const { return *replay_; }

 private:
  Replay* replay_;
  std::uint64_t id_;
};

// What is common to everything that can be awaited in a program.
template <class Source>
class Wait {
 public:
  Wait(Replay& replay, Source source) : replay_(replay), source_(std::move(source)) {}

  bool await_ready() const { return source_.is_done() || replay_.is_cancelled(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiting) {
    Strand& strand = *waiting.promise().strand;
    strand.until = [source = source_] { return source.is_done(); };
    if constexpr (std::derived_from<Source, Awaited>) strand.awaits = source_.id();
  }
  auto await_resume() { return resumed(source_); }

 private:
  auto resumed(Source& source);

  Replay& replay_;
  Source source_;
};

// Throws Failed (cancelled), for a program that was cancelled while it waited.
[[noreturn]] void throw_cancelled(Replay& replay);

template <class Source>
auto Wait<Source>::resumed(Source& source) {
  if (!source.is_done()) throw_cancelled(replay_);
  return source.result();
}

// T is what the answer is read as; Value: as it is.
template <class T>
class Future : public Awaited {
 public:
  using Awaited::Awaited;

  // Once it is done; throws Failed.
  T result() const { return answer().template get<T>(); }
  auto operator co_await() const { return Wait<Future>(replay(), *this); }
};

// A task that runs beside its spawner.
template <class T>
class Spawned {
 public:
  Spawned(Replay& replay, Task<T> task)
      : replay_(&replay),
        task_(std::make_shared<Task<T>>(std::move(task))),
        strand_(std::make_shared<Strand>()) {
    strand_->owner = task_;
    task_->enter(*strand_);
    replay.spawn(strand_);
  }

  bool is_done() const { return task_->is_done(); }
  // Ends it where it waits, and drops what it waits for.
  void drop() {
    if (!is_done()) replay_->drop_strand(*strand_);
  }
  // Once, when it is done; throws what it threw.
  T result() const { return task_->take(); }
  auto operator co_await() const { return Wait<Spawned>(*replay_, *this); }

 private:
  Replay* replay_;
  std::shared_ptr<Task<T>> task_;
  std::shared_ptr<Strand> strand_;
};

// Done when one of several is; its result is the first of them that is, as an index. The others go on.
class FirstOf {
 public:
  template <class... Sources>
  explicit FirstOf(const Sources&... sources) {
    (asks_.emplace_back([sources] { return sources.is_done(); }), ...);
  }
  bool is_done() const { return winner() < asks_.size(); }
  std::size_t result() const { return winner(); }

 private:
  std::size_t winner() const;

  std::vector<std::function<bool()>> asks_;
};

class Context {
 public:
  // `values`: the key-value state that the executions before have left.
  Context(Replay& replay, std::map<std::string, KeyValue> values)
      : replay_(replay), values_(std::move(values)) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // --- Things to await

  // One attempt of an activity.
  template <class T = Value, class In>
  Future<T> activity(const std::string& name, const In& input, const CallOptions& options = {}) {
    return Future<T>(replay_, schedule_activity(name, Value(input), options));
  }

  // An activity with retries and time-out, as the options say.
  template <class T = Value, class In>
  Task<T> call(std::string name, In input, CallOptions options = {});

  // At now + `span`.
  Future<Value> timer(Duration span) { return {replay_, create_timer(span)}; }

  // The next event of this name that nobody has taken, also one that came before.
  template <class T = Value>
  Future<T> event(const std::string& name) {
    return Future<T>(replay_, replay_.command(EntryKind::event_awaited, named(name)));
  }

  // The same from a queue, whose messages outlive continue-as-new.
  template <class T = Value>
  Future<T> message(const std::string& queue) {
    return Future<T>(replay_, replay_.command(EntryKind::message_awaited, named(queue)));
  }

  // A workflow of its own. Its instance is named after this one unless it is given an id.
  template <class T = Value, class In>
  Future<T> child(const std::string& program, const In& input,
                  const std::optional<std::string>& instance = std::nullopt) {
    return Future<T>(replay_, schedule_child(program, Value(input), instance));
  }

  // Runs beside the caller.
  template <class T>
  Spawned<T> spawn(Task<T> task) {
    return Spawned<T>(replay_, std::move(task));
  }

  // Which of them is done first; the others are dropped: `const auto winner = co_await context.select(a, b);`
  template <class... Sources>
  Task<std::size_t> select(Sources... sources) {
    Wait<FirstOf> first(replay_, FirstOf(sources...));
    const std::size_t winner = co_await first;
    (sources.drop(), ...);
    co_return winner;
  }

  // --- What takes effect with the turn

  void raise(const std::string& instance, const std::string& event, const Value& data);
  void set_value(const std::string& key, const Value& value);
  void clear_value(const std::string& key);
  // As the executions before left it and this one changed it.
  std::optional<Value> value(const std::string& key) const;
  void set_status(const Value& status);
  // The execution ends when the program returns; the next one begins with this input.
  void continue_as_new(const Value& input);

  // --- What is the same in each replay

  Time now() const { return replay_.now(); }
  std::uint64_t random() { return replay_.random()(); }
  std::string new_id();
  const std::string& instance() const { return replay_.instance(); }
  std::uint64_t execution() const { return replay_.execution(); }

  // --- For the engine

  // While it lives, the program sees no cancellation.
  class Undoing {
   public:
    explicit Undoing(Context& context) : replay_(context.replay_) { replay_.begin_undoing(); }
    Undoing(const Undoing&) = delete;
    Undoing& operator=(const Undoing&) = delete;
    ~Undoing() { replay_.end_undoing(); }

   private:
    Replay& replay_;
  };

  const std::optional<Value>& continuation() const { return continuation_; }

 private:
  static Value named(const std::string& name) { return {{"name", name}}; }
  std::uint64_t schedule_activity(const std::string& name, const Value& input,
                                  const CallOptions& options);
  std::uint64_t create_timer(Duration span);
  std::uint64_t schedule_child(const std::string& program, const Value& input,
                               const std::optional<std::string>& instance);
  Failure timed_out(const std::string& name, Duration limit) const;

  Replay& replay_;
  std::map<std::string, KeyValue> values_;
  std::optional<Value> continuation_;
};

template <class T, class In>
Task<T> Context::call(std::string name, In input, CallOptions options) {
  for (unsigned attempt = 1;; ++attempt) {
    std::optional<Failure> failure;
    try {
      Future<T> work = activity<T>(name, input, options);
      if (!options.timeout) {
        const T result = co_await work;
        co_return result;
      }
      Future<Value> limit = timer(*options.timeout);
      const std::size_t winner = co_await select(work, limit);
      if (winner == 0) co_return work.result();
      failure = timed_out(name, *options.timeout);
    } catch (const Failed& failed) {
      failure = failed.failure();
    }
    failure->context["attempts"] = std::to_string(attempt);
    const bool again = failure->is_retryable && attempt < options.retry.attempts &&
                       reaction_to(failure->kind) == Reaction::retry;
    if (!again) throw Failed(*failure);
    co_await timer(options.retry.pause_after(attempt));
  }
}

}  // namespace ackproof::engine
