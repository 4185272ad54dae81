#include <algorithm>
#include <array>
#include <map>

#include "certificates/certificate.h"
#include "certificates/utc.h"
#include "contract/profiles.h"
#include "reports/markup.h"
#include "reports/wording.h"

namespace ackproof::certificates {

namespace {

using Lines = std::vector<std::string>;

class Page {
 public:
  void line(const std::string& text = {}) { text_ += reports::readable_line(text) + "\n"; }

  // The lines beside their title.
  void section(const std::string& title, const Lines& lines) {
    constexpr std::size_t kColumn = 12;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string head = i == 0 ? title : "";
      head.resize(kColumn, ' ');
      line(head + lines[i]);
    }
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

Lines signer(const Claims& claims) {
  const Signer& who = claims.signer;
  const std::string name = who.name.empty() ? "whoever has the key" : who.name;
  return {name + ", " + std::string(certificates::name(who.kind)), "key " + who.key_id};
}

Lines validity(const Verified& verified) {
  const Claims& claims = verified.statement.predicate.ackproof;
  return {"from " + claims.issued_at + " until " + claims.valid_until + ", looked at for " +
              write_utc(verified.at),
          verified.revocations ? "not revoked by the list, which has " +
                                     reports::count(*verified.revocations, "line")
                               : "no list of revocations was looked at"};
}

Lines circumstances(const Claims& claims) {
  const Environment& where = claims.environment;
  std::string store = claims.provider.backend + " on " + where.file_system;
  if (!where.server.empty()) store = claims.provider.backend + ", server: " + where.server;
  return {
      store + ", " + reports::clock_name(claims.clock) + ", seed " + std::to_string(claims.seed),
      where.system + ", " + where.compiler + ", " + reports::count(where.cores, "core")};
}

Lines suite(const Claims& claims) {
  return {"ackproof " + claims.suite.version + ", contract " + claims.suite.contract_version,
          "requirement set " + claims.suite.requirement_set, "program " + claims.suite.binary};
}

Lines evidence(const Verified& verified) {
  const Claims& claims = verified.statement.predicate.ackproof;
  const Counts& counts = claims.counts;
  std::string told = std::to_string(counts.planned) + " planned: " + std::to_string(counts.passed) +
                     " passed, " + std::to_string(counts.not_applicable) + " not applicable";
  const std::uint64_t other = counts.planned - counts.passed - counts.not_applicable;
  if (other > 0) told += ", " + std::to_string(other) + " of SHOULD clauses did not pass";
  return {"run of " + claims.started_at + ", " + told, claims.record};
}

// "3 validations of LOCK_1 and ACK_2: why", and clauses that nothing tries.
Lines left_out(const Claims& claims) {
  Lines lines;
  std::map<std::string, std::pair<std::uint64_t, Lines>> by_reason;
  for (const NotTried& each : claims.not_tried) {
    if (each.validation.empty()) {
      lines.push_back(each.requirement + ": " + each.reason);
      continue;
    }
    auto& [count, clauses] = by_reason[each.reason];
    ++count;
    if (std::ranges::find(clauses, each.requirement) == clauses.end()) {
      clauses.push_back(each.requirement);
    }
  }
  for (const auto& [reason, left_out] : by_reason) {
    lines.push_back(reports::count(left_out.first, "validation") + " of " +
                    reports::list(left_out.second) + ": " + reason);
  }
  return lines;
}

// What the levels above and the other profiles would have tried.
Lines beyond(const Claims& claims) {
  constexpr std::array kTried = {"", "recorded concurrent histories",
                                 "killed processes and servers, lost power",
                                 "faults of network and clock, hours of load"};
  Lines lines;
  for (std::size_t i = static_cast<std::size_t>(claims.level); i < kTried.size(); ++i) {
    lines.push_back(reports::level_name(static_cast<Level>(i + 1)) + ": " + kTried.at(i));
  }
  std::vector<std::string> others;
  for (const Profile& profile : profiles()) {
    const std::string name(profile.name);
    if (std::ranges::find(claims.profiles, name) == claims.profiles.end()) others.push_back(name);
  }
  if (!others.empty()) lines.push_back("profiles: " + reports::list(others));
  return lines;
}

}  // namespace

std::string summary(const Verified& verified) {
  const Claims& claims = verified.statement.predicate.ackproof;
  Page page;
  page.section("vouched by", signer(claims));
  page.section("valid", validity(verified));
  page.section("tried on", circumstances(claims));
  page.section("suite", suite(claims));
  page.section("record", evidence(verified));
  Lines untried = left_out(claims);
  for (const std::string& line : beyond(claims)) untried.push_back(line);
  page.section("not tried", untried);
  page.section("remarks", verified.judgement.remarks);
  page.section("certificate", {verified.id});
  page.line();
  page.line(verified.judgement.sentence);
  page.line(
      "The verdict was computed again from the record; that the record is true is what the "
      "signer vouches for.");
  return page.take();
}

}  // namespace ackproof::certificates
