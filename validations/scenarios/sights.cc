#include "validations/scenarios/sights.h"

#include <latch>
#include <thread>

#include "validations/scenarios/wording.h"

namespace ackproof::scenarios {

namespace {

template <class Item, class Told>
std::string list(const std::vector<Item>& items, const Told& told) {
  std::string text;
  for (const Item& item : items) text += (text.empty() ? "" : ", ") + told(item);
  return text.empty() ? "none" : text;
}

Result<std::string> history(Provider& store, const ExecutionKey& where) {
  const auto read = store.read_history(where.first, where.second);
  if (!read) return read.error();
  return list(read.value(),
              [](const Event& event) { return std::to_string(event.id) + " " + event.kind; });
}

Result<std::string> record(Provider& store, const ExecutionKey& where) {
  const auto read = store.read_instance(where.first);
  if (!read) return read.error();
  const std::optional<InstanceInfo>& info = read.value();
  if (!info) return std::string("none");
  std::string text = "execution " + std::to_string(info->execution) + " " + told(info->status);
  if (const auto& pin = info->pinned_version) {
    text += ", pinned to " + std::to_string(pin->major) + "." + std::to_string(pin->minor) + "." +
            std::to_string(pin->patch);
  }
  return text;
}

Result<std::string> custom_status(Provider& store, const ExecutionKey& where) {
  const auto read = store.read_custom_status(where.first, 0);
  if (!read) return read.error();
  const std::optional<CustomStatus>& status = read.value();
  if (!status) return std::string("none");
  return status->value.value_or("none") + " of version " + std::to_string(status->version);
}

Result<std::string> values(Provider& store, const ExecutionKey& where) {
  const auto read = store.read_values(where.first);
  if (!read) return read.error();
  const std::vector<std::pair<std::string, KeyValue>> all(read.value().begin(), read.value().end());
  return list(all, [](const auto& entry) { return entry.first + " = " + entry.second.value; });
}

std::string total(const QueueDepth& depth) {
  return std::to_string(depth.ready + depth.hidden + depth.locked + depth.held);
}

Result<std::string> queues(Provider& store, const ExecutionKey&) {
  const auto read = store.read_queue_depths();
  if (!read) return read.error();
  return "messages: " + total(read.value().messages) +
         ", activities: " + total(read.value().activities);
}

struct View {
  const char* what;
  Result<std::string> (*read)(Provider&, const ExecutionKey&);
  std::optional<Capability> needs = {};
};

constexpr View kViews[] = {
    {"the history", history},
    {"the queues", queues, Capability::management},
    {"the record", record},
    {"the custom status", custom_status, Capability::custom_status},
    {"the key-values", values, Capability::key_value},
};

Sight seen(const char* what, const Result<std::string>& read) {
  if (read) return {what, read.value()};
  const Error& error = read.error();
  if (error.kind == ErrorKind::busy || error.kind == ErrorKind::unknown_outcome) {
    return {what, std::nullopt};
  }
  return {what, std::string(name(error.kind)) + ": " + error.message, true};
}

// "the custom status (none)"
std::string in_words(const Sight& sight) {
  return std::string(sight.what) + " (" + sight.text.value_or("") + ")";
}

}  // namespace

Reader::Reader(std::unique_ptr<Provider> handle)
    : handle_(std::move(handle)), offered_(handle_->describe().capabilities) {}

Round Reader::look(const ExecutionKey& where) const {
  Round round;
  for (const View& view : kViews) {
    if (view.needs && !offers(*view.needs)) continue;
    round.push_back(seen(view.what, view.read(*handle_, where)));
  }
  return round;
}

std::vector<Round> Reader::watch(const ExecutionKey& where,
                                 const std::function<void()>& work) const {
  std::vector<Round> rounds;
  std::latch looks(1);
  {
    const std::jthread watcher([&](const std::stop_token& stop) {
      rounds.push_back(look(where));
      looks.count_down();
      while (!stop.stop_requested()) {
        Round round = look(where);
        if (round != rounds.back()) rounds.push_back(std::move(round));
      }
    });
    looks.wait();
    work();
  }
  return rounds;
}

std::string refusal_in(const Round& round) {
  for (const Sight& sight : round) {
    if (!sight.is_error) continue;
    return "who read " + std::string(sight.what) + " on another handle was answered " + *sight.text;
  }
  return {};
}

std::string difference(const Round& before, const Round& after) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i].text || !after[i].text || before[i] == after[i]) continue;
    return "changed " + std::string(before[i].what) + " from (" + *before[i].text + ") to (" +
           *after[i].text + ")";
  }
  return {};
}

// Each round reads one after the other: what was read later is never older.
std::string half_seen(const Round& before, const std::vector<Round>& meanwhile,
                      const Round& after) {
  const Sight* changed = nullptr;  // Seen as after.
  for (const Round& round : meanwhile) {
    for (std::size_t i = 0; i < round.size(); ++i) {
      const Sight& seen = round[i];
      if (!seen.text || !before[i].text || !after[i].text) continue;
      const bool is_as_before = seen == before[i];
      const bool is_as_after = seen == after[i];
      if (!is_as_before && !is_as_after) {
        return "showed " + in_words(seen) + ", which is neither as before nor as after it";
      }
      if (!is_as_after && changed != nullptr) {
        return "showed " + in_words(*changed) + " as after it, and later " + in_words(seen) +
               " as before it";
      }
      if (!is_as_before) changed = &seen;
    }
  }
  return {};
}

}  // namespace ackproof::scenarios
