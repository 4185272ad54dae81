#include "harness/certify/exemptions.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <sstream>

#include <toml++/toml.h>

#include "contract/requirements.h"
#include "harness/files.h"
#include "reports/judgement.h"
#include "validations/catalogue.h"

namespace ackproof {

namespace {

using Days = std::chrono::sys_days;

constexpr std::chrono::days kLongest{180};

struct Refused {
  Error error;
};

[[noreturn]] void refuse(ErrorKind kind, const std::string& sentence) {
  throw Refused{{kind, "exemptions", sentence}};
}

// "exemptions.toml:12"
std::string place_of(const std::filesystem::path& file, const toml::node& node) {
  return file.string() + ":" + std::to_string(node.source().begin.line);
}

std::string date_text(Days day) {
  const std::chrono::year_month_day date(day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

Days day_of(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &day);
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

// The members of one entry, each taken once.
class Entry {
 public:
  Entry(const std::filesystem::path& file, const toml::table& table)
      : place_(place_of(file, table)), table_(table) {}

  // Empty if it is not there and may be absent.
  std::string text(const char* key, bool is_needed = true) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && is_needed) fail(std::string("has no ") + key);
    if (node == nullptr) return {};
    const auto value = node->value<std::string>();
    if (!value || value->empty()) fail(std::string(key) + " is not a text");
    return *value;
  }
  Days date(const char* key) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) fail(std::string("has no ") + key);
    const auto value = node->value<toml::date>();
    if (!value) fail(std::string(key) + " is not a date like 2026-12-31");
    return std::chrono::year(value->year) / std::chrono::month(value->month) /
           std::chrono::day(value->day);
  }
  void nothing_else() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::ranges::find(known_, name) == known_.end()) fail("has an unknown key " + name);
    }
  }
  [[noreturn]] void fail(const std::string& what, ErrorKind kind = ErrorKind::invalid) const {
    refuse(kind, place_ + ": the exemption " + what);
  }

 private:
  std::string place_;
  const toml::table& table_;
  std::vector<std::string> known_;
};

std::string subject_of(Entry& entry) {
  const std::string requirement = entry.text("requirement", false);
  const std::string validation = entry.text("validation", false);
  if (requirement.empty() == validation.empty()) {
    entry.fail("is about either a requirement or a validation");
  }
  if (!validation.empty()) {
    if (find_validation(validation) == nullptr) {
      entry.fail("is about '" + validation + "', and there is no such validation",
                 ErrorKind::conflict);
    }
    return validation;
  }
  const Requirement* clause = find_requirement(requirement);
  if (clause == nullptr) {
    entry.fail("is about '" + requirement + "', and there is no such requirement",
               ErrorKind::conflict);
  }
  return std::string(clause->id);
}

Exemption::Mode mode_of(Entry& entry) {
  const std::string mode = entry.text("mode");
  for (const auto known : {Exemption::Mode::known_failing, Exemption::Mode::known_flaky}) {
    if (mode == name(known)) return known;
  }
  entry.fail("has the unknown mode '" + mode + "'; there are known-failing and known-flaky");
}

std::string expiry_of(Entry& entry, Days today) {
  const Days last = entry.date("expires");
  if (last < today) entry.fail("expired on " + date_text(last), ErrorKind::conflict);
  if (last > today + kLongest) {
    entry.fail("is for longer than 180 days: until " + date_text(today + kLongest) + " at most",
               ErrorKind::conflict);
  }
  return date_text(last);
}

bool is_range(const std::string& text);

ExemptionFor exemption_of(Entry entry, const Registry& registry, Days today) {
  ExemptionFor made;
  made.exemption.subject = subject_of(entry);
  made.provider = entry.text("provider");
  made.exemption.versions = entry.text("versions", false);
  made.exemption.mode = mode_of(entry);
  made.exemption.reason = entry.text("reason");
  made.exemption.link = entry.text("link");
  made.exemption.owner = entry.text("owner");
  made.exemption.expires = expiry_of(entry, today);
  entry.nothing_else();
  if (!is_range(made.exemption.versions)) {
    entry.fail("has versions '" + made.exemption.versions + "', which are no range like >=1.2, <2");
  }
  if (registry.find(made.provider) == nullptr) {
    entry.fail("is for the provider '" + made.provider + "', and there is none of that name",
               ErrorKind::conflict);
  }
  return made;
}

// --- Ranges of versions

struct Bound {
  std::string comparison;
  std::vector<std::uint64_t> version;
};

std::vector<std::uint64_t> numbers(std::string version) {
  if (version.starts_with('v')) version.erase(0, 1);  // "v1.2" is 1.2.
  std::vector<std::uint64_t> all;
  std::uint64_t number = 0;
  bool has_digits = false;
  for (const char c : version + ".") {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<std::uint64_t>(c - '0');
      has_digits = true;
    } else {
      if (has_digits) all.push_back(number);
      if (c != '.') break;  // "1.2-rc1" is 1.2.
      number = 0;
      has_digits = false;
    }
  }
  while (!all.empty() && all.back() == 0) all.pop_back();  // 1.0 is 1.
  return all;
}

std::optional<std::vector<Bound>> bounds(const std::string& range) {
  std::vector<Bound> all;
  std::istringstream parts(range);
  for (std::string part; std::getline(parts, part, ',');) {
    std::erase(part, ' ');
    const std::size_t digits = part.find_first_of("0123456789");
    if (digits == std::string::npos) return std::nullopt;
    const std::string comparison = part.substr(0, digits);
    constexpr std::array<std::string_view, 6> kComparisons = {"", "=", "<", "<=", ">", ">="};
    if (std::ranges::find(kComparisons, comparison) == kComparisons.end() ||
        part.find_first_not_of("0123456789.", digits) != std::string::npos) {
      return std::nullopt;
    }
    all.push_back({comparison, numbers(part.substr(digits))});
  }
  return all;
}

bool is_range(const std::string& text) { return bounds(text).has_value(); }

bool holds(const Bound& bound, const std::vector<std::uint64_t>& version) {
  if (bound.comparison == "<") return version < bound.version;
  if (bound.comparison == "<=") return version <= bound.version;
  if (bound.comparison == ">") return version > bound.version;
  if (bound.comparison == ">=") return version >= bound.version;
  return version == bound.version;
}

}  // namespace

bool is_in_range(const std::string& version, const std::string& range) {
  const std::optional<std::vector<Bound>> all = bounds(range);
  if (!all) return false;
  const std::vector<std::uint64_t> own = numbers(version);
  return std::ranges::all_of(*all, [&](const Bound& bound) { return holds(bound, own); });
}

std::string today_utc() {
  return date_text(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

Result<std::vector<ExemptionFor>> read_exemptions(const std::filesystem::path& file,
                                                  const Registry& registry,
                                                  const std::string& today) {
  const Result<std::string> text = read_whole(file);
  if (!text) return text.error();
  try {
    const toml::table document = toml::parse(text.value(), file.string());
    std::vector<ExemptionFor> all;
    for (const auto& [key, node] : document) {
      const toml::array* entries = node.as_array();
      if (key.str() != "exemption" || entries == nullptr) {
        refuse(ErrorKind::invalid, place_of(file, node) +
                                       ": only [[exemption]] is known here, not " +
                                       std::string(key.str()));
      }
      for (const toml::node& entry : *entries) {
        if (!entry.is_table()) {
          refuse(ErrorKind::invalid, place_of(file, entry) + ": an exemption is a table");
        }
        all.push_back(exemption_of(Entry(file, *entry.as_table()), registry, day_of(today)));
      }
    }
    return all;
  } catch (const toml::parse_error& error) {
    return Error{ErrorKind::invalid, "exemptions",
                 file.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                     std::string(error.description())};
  } catch (const Refused& refused) {
    return refused.error;
  }
}

void exempt(const std::vector<ExemptionFor>& entries, Run& run) {
  for (const auto& [provider, exemption] : entries) {
    if (provider != run.provider || !is_in_range(run.description.version, exemption.versions)) {
      continue;
    }
    run.exemptions.push_back(exemption);
    for (Verdict& verdict : run.verdicts) {
      if (!exemption.is_about(verdict) || !refutes(verdict)) continue;
      if (verdict.outcome == Outcome::exempted) continue;  // By another entry.
      verdict.reason = std::string(name(verdict.outcome)) +
                       (verdict.reason.empty() ? "" : " (" + verdict.reason + ")") + "; " +
                       std::string(name(exemption.mode)) + " until " + exemption.expires + ": " +
                       exemption.reason;
      verdict.outcome = Outcome::exempted;
    }
  }
}

}  // namespace ackproof
