#include "reference_providers/redis/scripts.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "reference_providers/redis/lua_files.h"

namespace ackproof::redis {

namespace {

enum class Effect : bool { writes, reads };

// A script and the files that come before its own; `store` comes before all.
struct Recipe {
  std::string name;
  Effect effect;
  std::vector<const char*> shared;
};

const std::vector<Recipe>& recipes() {
  using enum Effect;
  static const std::vector<Recipe> all = {
      {"prepare", writes, {}},
      {"enqueue_message", writes, {"turns"}},
      {"fetch_turn", writes, {"turns"}},
      {"ack_turn", writes, {"turns", "values", "activities", "instances"}},
      {"abandon_turn", writes, {"turns"}},
      {"renew_turn", writes, {"turns"}},
      {"enqueue_activity", writes, {"activities"}},
      {"fetch_activity", writes, {"activities", "sessions"}},
      {"ack_activity", writes, {"turns", "activities", "sessions"}},
      {"abandon_activity", writes, {"activities"}},
      {"renew_activity", writes, {"activities", "sessions"}},
      {"renew_sessions", writes, {"activities", "sessions"}},
      {"cleanup_sessions", writes, {"activities", "sessions"}},
      {"delete_instance", writes, {"turns", "activities", "sessions", "instances", "deletion"}},
      {"delete_instances", writes, {"turns", "activities", "sessions", "instances", "deletion"}},
      {"delete_if_matching", writes, {"turns", "activities", "sessions", "instances", "deletion"}},
      {"prune", writes, {"instances"}},
      {"corrupt_history", writes, {}},
      {"corrupt_message", writes, {}},
      {"corrupt_activity", writes, {}},
      {"read_history", reads, {}},
      {"read_instance", reads, {"instances"}},
      {"read_custom_status", reads, {}},
      {"read_value", reads, {}},
      {"read_values", reads, {}},
      {"list_instances", reads, {}},
      {"list_executions", reads, {}},
      {"read_execution", reads, {"instances"}},
      {"list_children", reads, {"instances"}},
      {"read_tree", reads, {"instances"}},
      {"read_queue_depths", reads, {}},
      {"read_totals", reads, {}},
      {"list_ended", reads, {}},
  };
  return all;
}

}  // namespace

std::string Script::digest() const {
  const std::lock_guard lock(mutex_);
  return digest_;
}

void Script::learn_digest(std::string_view digest) const {
  const std::lock_guard lock(mutex_);
  digest_ = digest;
}

Scripts::Scripts() {
  for (const LuaFile& file : lua_files()) files_.emplace(file.name, file.text);
}

std::shared_ptr<const Scripts> Scripts::standard() {
  static const std::shared_ptr<const Scripts> the_standard(new Scripts());
  return the_standard;
}

std::shared_ptr<const Scripts> Scripts::with(const std::vector<Change>& changes) {
  std::shared_ptr<Scripts> scripts(new Scripts());
  for (const auto& [file, snippet, replacement] : changes) {
    std::string& text = scripts->files_[file];
    std::size_t at = text.find(snippet);
    if (at == std::string::npos) {
      throw std::logic_error("lua/" + file + ".lua does not contain: " + snippet);
    }
    for (; at != std::string::npos; at = text.find(snippet, at + replacement.size())) {
      text.replace(at, snippet.size(), replacement);
    }
  }
  return scripts;
}

const Script& Scripts::operator[](const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = scripts_.find(name); found != scripts_.end()) return found->second;
  const Recipe& recipe = *std::ranges::find(recipes(), name, &Recipe::name);
  const bool only_reads = recipe.effect == Effect::reads;
  std::string text = files_.at("store");
  for (const char* shared : recipe.shared) text += files_.at(shared);
  if (only_reads) text += files_.at("primary");
  text += files_.at(name);
  return scripts_
      .emplace(std::piecewise_construct, std::tuple(name), std::tuple(std::move(text), only_reads))
      .first->second;
}

}  // namespace ackproof::redis
