#include "reports/stress.h"

#include <array>

#include "reports/wording.h"

namespace ackproof {

namespace {

constexpr auto kFaults =
    std::to_array<std::string_view>({"lost", "wrong", "doubled", "refused", "unreadable"});
constexpr auto kLooks = std::to_array<std::string_view>({"none", "depths", "fetches"});
constexpr auto kEnds =
    std::to_array<std::string_view>({"complete", "interrupted", "died", "not_begun"});
constexpr auto kVerdicts =
    std::to_array<std::string_view>({"right", "wrong", "undecided", "interrupted"});

template <class Names, class Enum>
std::string_view at(const Names& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < names.size() ? names[index] : "?";
}

bool is_right(const Stressed& stressed) {
  return stressed.all.right == stressed.all.started && stressed.activities.recorded_again == 0 &&
         stressed.activities.unanswered == 0 && stressed.queues.drained &&
         stressed.findings.empty();
}

std::optional<double> rate(std::uint64_t ended, std::uint64_t span_us) {
  if (span_us == 0) return std::nullopt;
  return static_cast<double>(ended) * 1e6 / static_cast<double>(span_us);
}

// What is not as it should be, as parts of a sentence.
std::vector<std::string> wrongs(const Stressed& stressed) {
  const StressCounts& all = stressed.all;
  std::vector<std::string> parts;
  const auto of_all = [&](std::uint64_t number, const char* what) {
    if (number == 0) return;
    parts.push_back(reports::grouped(number) + " of " + reports::grouped(all.started) +
                    " workflows " + what);
  };
  of_all(all.lost, "lost");
  of_all(all.wrong, "wrong");
  if (const std::uint64_t again = stressed.activities.recorded_again; again > 0) {
    parts.push_back(reports::count(again, "activity result") + " recorded twice");
  }
  if (!stressed.queues.drained) parts.push_back("the queues are not drained");
  if (parts.empty()) parts.emplace_back("there are findings");
  return parts;
}

}  // namespace

std::string_view name(StressFault fault) { return at(kFaults, fault); }
std::string_view name(StressLook look) { return at(kLooks, look); }
std::string_view name(StressEnd end) { return at(kEnds, end); }
std::string_view name(StressVerdict verdict) { return at(kVerdicts, verdict); }

StressVerdict verdict_on(const Stressed& stressed) {
  switch (stressed.end) {
    case StressEnd::interrupted:
      return StressVerdict::interrupted;
    case StressEnd::died:
      return StressVerdict::wrong;
    case StressEnd::not_begun:
      return StressVerdict::undecided;
    case StressEnd::complete:
      break;
  }
  if (stressed.all.started == 0) return StressVerdict::undecided;
  return is_right(stressed) ? StressVerdict::right : StressVerdict::wrong;
}

StressVerdict verdict_on(const Stress& stress) {
  for (const StressVerdict worst :
       {StressVerdict::interrupted, StressVerdict::wrong, StressVerdict::undecided}) {
    for (const Stressed& stressed : stress.providers) {
      if (verdict_on(stressed) == worst) return worst;
    }
  }
  return stress.providers.empty() ? StressVerdict::undecided : StressVerdict::right;
}

std::optional<std::uint64_t> success_of(const StressCounts& counts) {
  const std::uint64_t judged = counts.started - counts.unfinished;
  if (judged == 0) return std::nullopt;
  return counts.right * 10'000 / judged;
}

std::optional<double> steady_rate(const StressPhases& phases) {
  return rate(phases.ended_between, phases.between_us);
}

std::optional<double> whole_rate(const Stressed& stressed) {
  return rate(stressed.all.right + stressed.all.wrong, stressed.phases.whole_us);
}

std::string sentence_on(const Stressed& stressed) {
  const std::string who = stressed.provider + ": ";
  switch (verdict_on(stressed)) {
    case StressVerdict::right:
      return who + "all " + reports::grouped(stressed.all.started) + " workflows right.";
    case StressVerdict::interrupted:
      return who + "interrupted; " + reports::grouped(stressed.all.right) + " of " +
             reports::grouped(stressed.all.started) + " workflows were right by then.";
    case StressVerdict::undecided:
      return who + (stressed.trouble.empty() ? "no workflow was started." : stressed.trouble + ".");
    case StressVerdict::wrong:
      break;
  }
  if (stressed.end == StressEnd::died) return who + stressed.trouble + ".";
  return who + reports::list(wrongs(stressed)) + ".";
}

int exit_code(StressVerdict verdict) {
  switch (verdict) {
    case StressVerdict::right:
      return 0;
    case StressVerdict::wrong:
      return 1;
    case StressVerdict::interrupted:
      return 130;
    case StressVerdict::undecided:
      break;
  }
  return 3;
}

}  // namespace ackproof
