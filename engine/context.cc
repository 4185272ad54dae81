#include "engine/context.h"

#include <algorithm>
#include <cmath>

namespace ackproof::engine {

Duration RetryPolicy::pause_after(unsigned attempt) const {
  const double pause = static_cast<double>(first_pause.count()) * std::pow(factor, attempt - 1);
  return Duration(
      static_cast<std::int64_t>(std::min(pause, static_cast<double>(longest_pause.count()))));
}

Value Awaited::answer() const {
  const Entry& answer = *replay_->answer_to(id_);
  if (answer.kind == EntryKind::activity_failed || answer.kind == EntryKind::child_failed) {
    throw Failed(failure_from(answer.data.value("failure", Value::object())));
  }
  return answer.data.value("result", Value());
}

void throw_cancelled(Replay& replay) {
  Failure failure;
  failure.kind = FailureKind::cancelled;
  failure.message = replay.see_cancellation();
  failure.source = replay.started().data.value("name", "");
  failure.time = replay.now();
  failure.is_retryable = false;
  throw Failed(std::move(failure));
}

std::size_t FirstOf::winner() const {
  return static_cast<std::size_t>(
      std::ranges::find_if(asks_, [](const auto& is_done) { return is_done(); }) - asks_.begin());
}

std::uint64_t Context::schedule_activity(const std::string& name, const Value& input,
                                         const CallOptions& options) {
  Value data{{"name", name}, {"input", input}};
  if (options.session) data["session"] = *options.session;
  if (options.tag) data["tag"] = *options.tag;
  return replay_.command(EntryKind::activity_scheduled, std::move(data));
}

std::uint64_t Context::create_timer(Duration span) {
  return replay_.command(EntryKind::timer_created,
                         {{"due", (now() + span).time_since_epoch().count()}});
}

std::uint64_t Context::schedule_child(const std::string& program, const Value& input,
                                      const std::optional<std::string>& instance) {
  Value data{{"name", program}, {"input", input}};
  if (instance) data["instance"] = *instance;
  return replay_.command(EntryKind::child_scheduled, std::move(data));
}

void Context::raise(const std::string& instance, const std::string& event, const Value& data) {
  replay_.command(EntryKind::event_sent,
                  {{"name", event}, {"instance", instance}, {"result", data}});
}

void Context::set_value(const std::string& key, const Value& value) {
  replay_.command(EntryKind::value_set, {{"key", key}, {"value", value}});
  values_[key] = {value.dump(), now()};
}

void Context::clear_value(const std::string& key) {
  replay_.command(EntryKind::value_set, {{"key", key}});
  values_.erase(key);
}

std::optional<Value> Context::value(const std::string& key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return Value::parse(found->second.value);
}

void Context::set_status(const Value& status) {
  replay_.command(EntryKind::status_set, {{"value", status}});
}

void Context::continue_as_new(const Value& input) { continuation_ = input; }

std::string Context::new_id() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  for (std::uint64_t half : {random(), random()}) {
    for (int i = 0; i < 16; ++i, half >>= 4U) id += kDigits[half & 15U];
  }
  return id;
}

Failure Context::timed_out(const std::string& name, Duration limit) const {
  Failure failure;
  failure.kind = FailureKind::timed_out;
  failure.message = "no answer within " + std::to_string(limit.count()) + " ms";
  failure.source = name;
  failure.time = now();
  return failure;
}

}  // namespace ackproof::engine
