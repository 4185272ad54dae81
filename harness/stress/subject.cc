#include "harness/stress/subject.h"

#include <unistd.h>

#include <cstdio>
#include <memory>

#include "harness/runner/child.h"
#include "harness/stores/address.h"
#include "harness/stress/contained.h"
#include "harness/stress/run.h"
#include "reports/stress_json.h"
#include "reports/wording.h"
#include "validations/fresh_store.h"

namespace ackproof::stress {

namespace {

constexpr char kPrefix[] = "ackproof_stress_";
constexpr Duration kBesides{60'000};  // For opening a store, and for judging what is slow to read.
constexpr Duration kRemovalPatience{120'000};
// What stands around a payload in an event.
constexpr std::uint64_t kAroundPayload = 512;

std::string told(const Progress& progress) {
  char text[160];
  std::snprintf(text, sizeof text, "%4lld s  %llu done  %.1f/s  %llu in flight  %llu failed",
                static_cast<long long>(progress.elapsed.count() / 1'000),
                static_cast<unsigned long long>(progress.ended), progress.per_second,
                static_cast<unsigned long long>(progress.under_way),
                static_cast<unsigned long long>(progress.failed));
  return text;
}

// One line on stderr, written over on a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool is_quiet) : is_quiet_(is_quiet) {}
  ~ProgressLine() {
    if (is_shown_) std::fprintf(stderr, "\r\033[K");
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& line) {
    if (is_quiet_) return;
    is_shown_ = isatty(STDERR_FILENO) == 1;
    std::fprintf(stderr, is_shown_ ? "\r\033[K%s" : "%s\n", line.c_str());
    std::fflush(stderr);
  }

 private:
  bool is_quiet_;
  bool is_shown_ = false;
};

Stressed trouble(const std::string& sentence, StressEnd end) {
  Stressed stressed;
  stressed.end = end;
  stressed.trouble = sentence;
  return stressed;
}

// Why workflows cannot run on it at all; empty when they can.
std::string why_not(const Capabilities& offered, const StressSettings& settings) {
  if (!offered.facets.has(Capability::queues)) {
    return "it does not declare the capability queues, which workflows need";
  }
  const bool has_payloads = settings.load == "payloads" || settings.load == "mixed";
  if (has_payloads && settings.payload_bytes + kAroundPayload > offered.limits.payload_bytes) {
    return "payloads of " + reports::size_name(settings.payload_bytes) +
           " and what stands around them are more than it takes, " +
           reports::size_name(offered.limits.payload_bytes);
  }
  return {};
}

// A handle on the store. Who offers nothing but an injected clock is given the machine's, by the scope from then on.
Result<std::unique_ptr<Provider>> open(const ProviderFactory& factory, Scope& scope) {
  Result<std::unique_ptr<Provider>> opened = factory.open(scope);
  if (!opened) return opened;
  const EnumSet<ClockSource>& clocks = opened.value()->describe().capabilities.clocks;
  if (clocks.has(ClockSource::local) || clocks.has(ClockSource::server)) return opened;
  opened.value().reset();
  scope.clock = std::make_shared<SystemClock>();
  return factory.open(scope);
}

Stressed stress_here(const Subject& subject, const Tell& tell) {
  const FreshStore store(subject.factory, {.folder = subject.folder, .uri = subject.uri}, kPrefix);
  Scope scope = store.scope();
  auto worker = open(subject.factory, scope);
  if (!worker) {
    return trouble("it could not be opened: " + worker.error().message, StressEnd::not_begun);
  }
  const Description description = worker.value()->describe();
  if (const std::string why = why_not(description.capabilities, subject.settings); !why.empty()) {
    return trouble(why, StressEnd::not_begun);
  }
  const auto open_again = [&] { return subject.factory.open(scope); };
  const auto witness = open_again();
  if (!witness) {
    return trouble("it could not be opened a second time: " + witness.error().message,
                   StressEnd::not_begun);
  }
  Progress last;
  const auto each_second = [&](const Progress& progress) {
    tell(told(progress), progress.ended != last.ended || progress.judged != last.judged ||
                             progress.looked_again != last.looked_again ||
                             progress.activities != last.activities);
    last = progress;
  };
  Stressed stressed = put_under_load(std::move(worker).value(), *witness.value(),
                                     {subject.settings, subject.server, open_again, each_second});
  stressed.version = description.version;
  stressed.store_version = description.store_version;
  return stressed;
}

// A process that died has left its store.
void remove_stores(const Subject& subject) {
  const auto remove = [&](const Tell&) {
    for (const auto& entry : std::filesystem::directory_iterator(subject.folder)) {
      const Scope scope{entry.path().filename(), entry.path(), nullptr, subject.uri};
      if (subject.factory.destroy) subject.factory.destroy(scope);
      std::filesystem::remove_all(scope.folder);
    }
    return std::string();
  };
  contained(remove, kRemovalPatience, [](const std::string&) {});
}

// Their names, each with a blank before it.
std::string stores_in(const std::filesystem::path& folder) {
  std::string names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names += " " + entry.path().filename().string();
  }
  return names;
}

void hide(const Secrets& secrets, Stressed& stressed) {
  stressed.version = secrets.hidden(stressed.version);
  stressed.store_version = secrets.hidden(stressed.store_version);
  stressed.trouble = secrets.hidden(stressed.trouble);
  stressed.queues.left = secrets.hidden(stressed.queues.left);
  for (StressFinding& finding : stressed.findings) finding.said = secrets.hidden(finding.said);
}

}  // namespace

Stressed stress_subject(const Subject& subject) {
  ContainedEnd end;
  {
    ProgressLine line(subject.is_quiet);
    end = contained(
        [&](const Tell& tell) { return reports::write_stressed(stress_here(subject, tell)); },
        2 * (subject.settings.drain + subject.settings.activity) + kBesides,
        [&](const std::string& text) { line.show(text); });
  }
  if (!stores_in(subject.folder).empty()) remove_stores(subject);
  if (const std::string left = stores_in(subject.folder); !left.empty()) {
    std::fprintf(stderr, "ackproof: these stores could not be removed:%s\n", left.c_str());
  }
  if (end.trouble.empty()) {
    Result<Stressed> stressed = reports::read_stressed(end.said);
    if (!stressed) return trouble(stressed.error().message, StressEnd::died);
    hide(Secrets(subject.uri), stressed.value());
    return std::move(stressed).value();
  }
  while (!end.printed.empty() && end.printed.back() == '\n') end.printed.pop_back();
  Stressed stressed = trouble(end.trouble + (end.printed.empty() ? "" : ": " + end.printed),
                              interrupted() ? StressEnd::interrupted : StressEnd::died);
  hide(Secrets(subject.uri), stressed);
  return stressed;
}

}  // namespace ackproof::stress
