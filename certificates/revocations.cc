#include "certificates/revocations.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "certificates/digest.h"

namespace ackproof::certificates {

namespace {

constexpr std::string_view kFirst = "ackproof-revocations 1";
constexpr std::string_view kLast = "end";

std::optional<Revocation::Kind> kind_of(std::string_view word) {
  if (word == "key") return Revocation::Kind::key;
  if (word == "certificate") return Revocation::Kind::certificate;
  if (word == "suite") return Revocation::Kind::suite;
  return std::nullopt;
}

Error wrong(std::size_t line, const std::string& what) {
  return {ErrorKind::invalid, "read_revocations", "line " + std::to_string(line) + " " + what};
}

bool is_number(std::string_view text) {
  const bool is_padded = text.size() > 1 && text.front() == '0';
  return !text.empty() && !is_padded &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Three numbers, as every version of ackproof has: what is shorter, or written otherwise, would match none.
bool is_version(std::string_view text) {
  for (int dots = 0; dots < 2; ++dots) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || !is_number(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_number(text);
}

Result<Revocation> entry_in(const std::string& line, std::size_t number) {
  std::istringstream words(line);
  std::string kind_word;
  Revocation entry;
  words >> kind_word >> entry.what >> std::ws;
  std::getline(words, entry.reason);
  const std::optional<Revocation::Kind> kind = kind_of(kind_word);
  if (!kind) return wrong(number, "is about neither a key, a certificate nor a suite");
  entry.kind = *kind;
  const bool is_named =
      *kind == Revocation::Kind::suite ? is_version(entry.what) : is_digest(entry.what);
  if (!is_named) {
    return wrong(number, *kind == Revocation::Kind::suite
                             ? "names no version of a suite, like 1.0.0"
                             : "names no " + kind_word + " by sha256: and 64 digits");
  }
  if (entry.reason.empty()) return wrong(number, "gives no reason");
  return entry;
}

}  // namespace

Result<std::vector<Revocation>> read_revocations(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::vector<Revocation> list;
  std::size_t number = 0;
  bool has_ended = false;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (number == 1 && line != kFirst) return wrong(1, "is not: " + std::string(kFirst));
    if (number == 1) continue;
    if (has_ended) return wrong(number, "stands behind the end");
    has_ended = line == kLast;
    if (has_ended) continue;
    Result<Revocation> entry = entry_in(line, number);
    if (!entry) return entry.error();
    list.push_back(std::move(entry).value());
  }
  if (!has_ended) return wrong(number + 1, "is missing: the last one has to say end");
  return list;
}

const Revocation* find_revocation(const std::vector<Revocation>& list, Revocation::Kind kind,
                                  std::string_view what) {
  const auto found = std::ranges::find_if(
      list, [&](const Revocation& entry) { return entry.kind == kind && entry.what == what; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace ackproof::certificates
