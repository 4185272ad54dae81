#include "reports/shards.h"

#include <algorithm>
#include <regex>

#include "reports/wording.h"

namespace ackproof::reports {

namespace {

Error refusal(const std::string& sentence) { return {ErrorKind::invalid, "merge", sentence}; }

Selection whole_of(Selection selection) {
  selection.shard = {};
  return selection;
}

// In what two shards differ that have to agree in it; empty: in nothing.
std::string disagreement(const Run& one, const Run& other) {
  if (one.suite != other.suite) return "were made by different suites";
  if (one.provider != other.provider || one.description != other.description) {
    return "are about different providers, or one that says different things of itself";
  }
  if (one.selection.seed != other.selection.seed) {
    return "have different seeds: give all shards the same --seed";
  }
  if (whole_of(one.selection) != whole_of(other.selection)) return "have different selections";
  if (one.selection.shard.count != other.selection.shard.count) {
    return "are parts of " + std::to_string(one.selection.shard.count) + " and of " +
           std::to_string(other.selection.shard.count);
  }
  if (one.exemptions != other.exemptions) return "have different exemptions";
  const bool same_clauses =
      std::ranges::equal(one.clauses, other.clauses, [](const Clause& left, const Clause& right) {
        return left.requirement == right.requirement && left.force == right.force &&
               left.untried == right.untried;
      });
  return same_clauses ? "" : "list different clauses";
}

// Why these are not all shards of one run, each once; empty when they are.
std::string objection(const std::vector<Run>& shards, const std::vector<std::string>& names) {
  if (shards.empty()) return "there is nothing to merge";
  const std::uint64_t count = shards.front().selection.shard.count;
  std::vector<std::string> by_index(count);
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const std::string what = disagreement(shards.front(), shards[i]);
    if (!what.empty()) return names.front() + " and " + names[i] + " " + what;
    std::string& owner = by_index.at(shards[i].selection.shard.index - 1);
    if (!owner.empty()) {
      return owner + " and " + names[i] + " are both shard " +
             std::to_string(shards[i].selection.shard.index) + " of " + std::to_string(count);
    }
    owner = names[i];
  }
  std::vector<std::string> missing;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (by_index[i].empty()) missing.push_back(std::to_string(i + 1));
  }
  if (missing.empty()) return {};
  return "of " + std::to_string(count) + " shards these are missing: " + list(missing);
}

void add_text(std::string& all, const std::string& text) {
  if (all == text || all.find("; " + text) != std::string::npos || all.rfind(text + "; ", 0) == 0)
    return;
  all += "; " + text;
}

void take_in(Environment& all, const Environment& other) {
  add_text(all.system, other.system);
  add_text(all.compiler, other.compiler);
  add_text(all.file_system, other.file_system);
  add_text(all.server, other.server);
  all.cores = std::min(all.cores, other.cores);
}

// The shards deal the validations out one by one, so this is the order of the whole run.
std::vector<Verdict> in_turn(const std::vector<const Run*>& shards) {
  std::vector<Verdict> verdicts;
  std::vector<std::size_t> next(shards.size(), 0);
  for (bool any = true; any;) {
    any = false;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const std::vector<Verdict>& part = shards[i]->verdicts;
      const std::size_t first = next[i];
      while (next[i] < part.size() && part[next[i]].validation == part[first].validation) {
        verdicts.push_back(part[next[i]++]);
      }
      any = any || next[i] > first;
    }
  }
  return verdicts;
}

}  // namespace

Result<Run> merge(const std::vector<Run>& shards, const std::vector<std::string>& names) {
  if (const std::string sentence = objection(shards, names); !sentence.empty())
    return refusal(sentence);
  std::vector<const Run*> ordered;
  ordered.reserve(shards.size());
  for (const Run& shard : shards) ordered.push_back(&shard);
  std::ranges::sort(ordered, {}, [](const Run* shard) { return shard->selection.shard.index; });

  Run whole = *ordered.front();
  whole.selection.shard = {};
  whole.command =
      std::regex_replace(whole.command, std::regex(" (--shard|--out|-o)[= ]('[^']*'|[^ ]+)"), "");
  for (const char* own : {"shard", "out"}) whole.options.erase(own);
  whole.verdicts = in_turn(ordered);
  for (const Run* shard : ordered) {
    if (shard == ordered.front()) continue;
    take_in(whole.environment, shard->environment);
    whole.started_at = std::min(whole.started_at, shard->started_at);
    whole.took = std::max(whole.took, shard->took);
    whole.interrupted = whole.interrupted || shard->interrupted;
    for (std::size_t i = 0; i < whole.clauses.size(); ++i) {
      whole.clauses[i].planned += shard->clauses[i].planned;
    }
  }
  return whole;
}

}  // namespace ackproof::reports
