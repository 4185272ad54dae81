#include "validations/scenarios/replaying.h"

#include <optional>

namespace ackproof::scenarios {

namespace {

using engine::Entry;
using engine::EntryKind;
using engine::Failed;
using engine::Failure;
using engine::Value;

// As the engine records it, without times.
Value outcome_of(const Entry& end) {
  if (end.kind != EntryKind::failed) return end.data;
  const Failure failure = engine::failure_from(end.data.at("failure"));
  return {{"failure", engine::describe(failure)}};
}

// Replays, and tells how it ends this time; null when it does not.
Value replayed(engine::Replay& replay, engine::Context& context, const engine::Program& program) {
  const auto main = std::make_shared<engine::Strand>();
  engine::Task<Value> task = program(context, replay.started().data.at("input"));
  std::optional<Value> outcome;
  try {
    task.enter(*main);
    replay.run(main);
    if (task.is_done()) outcome = Value{{"result", task.take()}};
  } catch (const Failed& failed) {
    if (failed.failure().kind == engine::FailureKind::nondeterministic) throw;
    const Failure failure =
        engine::failure_of(std::current_exception(), replay.started().data.value("name", ""));
    outcome = Value{{"failure", engine::describe(failure)}};
  }
  replay.unwind();
  if (outcome && context.continuation()) return {{"input", *context.continuation()}};
  return outcome.value_or(Value());
}

void apply_changes(const std::vector<Entry>& entries, Values& values) {
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::value_set) continue;
    const std::string key = entry.data.at("key");
    if (entry.data.contains("value")) {
      values[key] = {entry.data["value"].dump(), entry.at};
    } else {
      values.erase(key);
    }
  }
}

std::string difference(const std::string& instance, std::uint64_t execution,
                       const std::vector<Entry>& entries, const engine::Registry& registry,
                       const Values& values) {
  if (entries.empty()) return "it is empty";
  if (entries.front().kind != EntryKind::started) {
    return "it begins with " + std::string(engine::name(entries.front().kind));
  }
  const Value& started = entries.front().data;
  const engine::Program* program =
      registry.find_program(started.value("name", ""), started.value("version", ""));
  if (program == nullptr) return "it is of no program that was started";
  if (!engine::is_end(entries.back().kind)) return "it has no end";
  engine::Replay replay(instance, execution, entries);
  engine::Context context(replay, values);
  const Value outcome = replayed(replay, context, *program);
  if (!replay.fresh().empty()) {
    return "the program does " + std::string(engine::name(replay.fresh().front().kind)) +
           ", which it does not say";
  }
  const Value recorded = outcome_of(entries.back());
  if (outcome == recorded) return {};
  return "it ends with " + recorded.dump() + ", the program with " + outcome.dump();
}

}  // namespace

std::string difference_in_replay(const std::string& instance, std::uint64_t execution,
                                 const std::vector<Event>& history,
                                 const engine::Registry& registry, Values& values) {
  try {
    std::vector<Entry> entries;
    for (const Event& event : history) entries.push_back(engine::from_event(event));
    std::string different = difference(instance, execution, entries, registry, values);
    apply_changes(entries, values);
    return different;
  } catch (const Failed& failed) {
    return failed.failure().message;
  }
}

}  // namespace ackproof::scenarios
