#include "harness/authors/inspect.h"

#include <algorithm>
#include <sstream>

#include "contract/profiles.h"
#include "harness/cli/selection.h"
#include "reports/run.h"
#include "reports/wording.h"
#include "validations/catalogue.h"

namespace ackproof {

namespace {

constexpr std::size_t kWidth = 96;

// `text` in lines of at most kWidth columns, each after `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::istringstream words{std::string(text)};
  std::string lines;
  std::string line;
  for (std::string word; words >> word;) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > kWidth) {
      lines += std::string(indent, ' ') + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return lines + std::string(indent, ' ') + line + "\n";
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  out.resize(std::max(width, out.size() + 1), ' ');
  return out;
}

std::string list_requirements() {
  std::string out;
  for (const Requirement& clause : requirements()) {
    out +=
        padded(clause.id, 10) + padded(name(clause.force), 8) + wrapped(clause.text, 18).substr(18);
  }
  return out;
}

std::string list_validations() {
  std::string out;
  for (const Validation& validation : catalogue()) {
    out += padded(validation.proves.id, 10) + std::string(validation.name) + "\n";
  }
  return out;
}

std::string list_mutants(const Registry& registry) {
  if (registry.mutants().empty()) return "This program has no mutants built in.\n";
  std::string out;
  for (const Mutant& mutant : registry.mutants()) {
    out += padded(mutant.breaks->id, 10) + padded(mutant.name, 46) + mutant.summary + "\n";
  }
  return out;
}

bool is_asked_for(const Requirement& clause, const std::vector<std::string>& profiles,
                  Level level) {
  if (clause.from > level) return false;
  return profiles.empty() || std::ranges::any_of(profiles, [&](const std::string& name) {
           return includes(*find_profile(name), clause);
         });
}

// The names of those that are about the clause, a line each.
template <class List, class Clause, class Name>
std::size_t add_names(std::string& out, const char* mark, const List& all, const Clause& about,
                      const Name& name_of) {
  std::size_t count = 0;
  for (const auto& one : all) {
    if (!about(one)) continue;
    out += std::string("    ") + mark + " " + std::string(name_of(one)) + "\n";
    ++count;
  }
  return count;
}

std::string explain_clause(const Registry& registry, const Requirement& clause) {
  std::string out = std::string(clause.id) + "  " + std::string(name(clause.force));
  if (clause.needs != Capability::none)
    out += ", of who declares " + std::string(name(clause.needs));
  out += ", from level " + std::to_string(static_cast<int>(clause.from)) + "\n\n";
  out += wrapped(clause.text, 2) + "\nWhy it matters\n" + wrapped(clause.why, 2) +
         "\nHow it goes wrong, and how it is mended\n" + wrapped(clause.mend, 2);
  if (!clause.untestable.empty()) {
    out += "\nWhy it is not asked of providers\n" + wrapped(clause.untestable, 2);
  }
  out += "\nValidations\n";
  for (const Validation& validation : catalogue()) {
    if (validation.proves.id == clause.id) out += "  " + std::string(validation.name) + "\n";
  }
  for (const Mutant& mutant : registry.mutants()) {
    if (mutant.breaks->id == clause.id) {
      out += "\nMutant " + mutant.name + "\n" + wrapped(mutant.summary, 2);
    }
  }
  return out;
}

std::string explain_area(const std::string& area) {
  constexpr std::size_t kTextAt = 20;
  std::string out = area + "  " + std::string(reports::area_title(area)) + "\n\n";
  for (const Requirement& clause : requirements()) {
    if (clause.area() != area) continue;
    out += "  " + padded(clause.id, 10) + padded(name(clause.force), kTextAt - 12) +
           reports::beginning(clause.text, kWidth - kTextAt) + "\n";
  }
  return out;
}

}  // namespace

std::string list(const Registry& registry, const std::string& what) {
  if (what == "requirements") return list_requirements();
  if (what == "validations") return list_validations();
  if (what == "mutants") return list_mutants(registry);
  std::string out;
  if (what == "providers") {
    for (const ProviderFactory& factory : registry.providers) {
      out += padded(factory.name, 16) + factory.summary + "\n";
    }
  } else {
    for (const Profile& profile : profiles()) {
      out += padded(profile.name, 16) + std::string(profile.summary) + "\n";
    }
  }
  return out;
}

Coverage coverage(const Registry& registry, const std::vector<std::string>& profiles, Level level) {
  Coverage told;
  std::size_t clauses = 0;
  std::string untested;
  std::string unproven;
  for (const Requirement& clause : requirements()) {
    if (!is_asked_for(clause, profiles, level)) continue;
    ++clauses;
    std::string names;
    const std::size_t validations = add_names(
        names, "asks  ", catalogue(),
        [&](const Validation& validation) {
          return validation.proves.id == clause.id && validation.level <= level;
        },
        [](const Validation& validation) { return validation.name; });
    const std::size_t mutants = add_names(
        names, "proves", registry.mutants(),
        [&](const Mutant& mutant) { return mutant.breaks->id == clause.id; },
        [](const Mutant& mutant) { return mutant.name; });
    told.text += padded(clause.id, 10) + padded(name(clause.force), 8) +
                 reports::count(validations, "validation") + ", " +
                 reports::count(mutants, "mutant") + "\n" + names;
    if (!clause.untestable.empty()) {
      told.text += "    not asked of providers: " + wrapped(clause.untestable, 8).substr(8);
      continue;
    }
    const std::string id = " " + std::string(clause.id);
    if (validations == 0 && clause.force == Force::must) untested += id;
    if (validations != 0 && mutants == 0) unproven += id;
  }
  told.is_whole = untested.empty();
  told.text +=
      "\n" + reports::count(clauses, "clause") + " up to level " +
      std::to_string(static_cast<int>(level)) +
      "\nMUST clauses that nothing asks:" + (untested.empty() ? " none" : untested) +
      "\nclauses whose validations no mutant proves:" + (unproven.empty() ? " none" : unproven) +
      "\n";
  return told;
}

Result<std::string> explain(const Registry& registry, const std::string& id) {
  if (const Requirement* clause = find_requirement(id)) return explain_clause(registry, *clause);
  if (const Validation* validation = find_validation(id)) {
    return std::string(validation->name) + " proves\n\n" +
           explain_clause(registry, validation->proves);
  }
  for (const Mutant& mutant : registry.mutants()) {
    if (mutant.name == id || std::string(kMutantMark) + mutant.name == id) {
      return mutant.name + " breaks " + std::string(mutant.breaks->id) + "\n\n" +
             wrapped(mutant.summary, 2);
    }
  }
  if (const Profile* profile = find_profile(id)) {
    std::string out = std::string(profile->name) + "\n\n" + wrapped(profile->summary, 2) + "\n";
    for (const Requirement& clause : requirements()) {
      if (includes(*profile, clause)) out += "  " + std::string(clause.id) + "\n";
    }
    return out;
  }
  if (const Result<std::string> area = clause_or_area(id)) return explain_area(area.value());
  return Error{ErrorKind::not_found, "explain",
               "there is no clause, area, validation, profile or mutant '" + id +
                   "'; `ackproof list requirements` shows the clauses"};
}

}  // namespace ackproof
