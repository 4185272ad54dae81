#include "harness/authors/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "harness/certify/probe.h"
#include "harness/certify/providers.h"
#include "harness/cli/cli.h"
#include "harness/stores/address.h"
#include "harness/work_folder.h"
#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/wording.h"

namespace ackproof {

namespace {

using std::chrono::steady_clock;

struct Finding {
  std::string about;
  std::string text;
  std::string mend = {};  // What to do; empty: it is ok.
};

bool is_ok(const Finding& finding) { return finding.mend.empty(); }

void print(const Finding& finding) {
  std::printf("%-7s %-12s %s\n", is_ok(finding) ? "ok" : "not ok", finding.about.c_str(),
              reports::readable_line(finding.text).c_str());
  if (!is_ok(finding)) {
    std::printf("%20s -> %s\n", "", reports::readable_line(finding.mend).c_str());
  }
  std::fflush(stdout);
}

Duration since(steady_clock::time_point start) {
  return std::chrono::duration_cast<Duration>(steady_clock::now() - start);
}

// In whole GiB, as far as there are any to speak of; else in whole MiB.
std::string room_name(std::uintmax_t bytes) {
  return bytes >= kRoomForStores ? std::to_string(bytes >> 30U) + " GiB"
                                 : std::to_string(bytes >> 20U) + " MiB";
}

Finding look_at_stores() {
  const std::string elsewhere =
      "set TMPDIR to a folder on a local disk, or in memory, with 2 GiB free";
  try {
    const WorkFolder folder;  // As a run makes one.
    const std::string kind = file_system_of(folder.path());
    const std::uintmax_t room = std::filesystem::space(folder.path()).available;
    Finding finding{"stores", "below " + place_for_stores().string() + ", " + kind + ", " +
                                  room_name(room) + " free"};
    // Neither locks nor syncs are there what they are elsewhere.
    if (room < kRoomForStores || kind == "nfs") finding.mend = elsewhere;
    return finding;
  } catch (const std::exception& exception) {
    return {"stores", exception.what(), elsewhere};
  }
}

// Waiting in real time is only as exact as this; what it makes undecidable is asked again.
Finding look_at_clock() {
  constexpr int kNaps = 20;
  constexpr Duration kTooLate{1'000};
  const Time earliest = std::chrono::sys_days(std::chrono::year(2025) / 1 / 1);
  const Time now = SystemClock().now();
  Duration worst{0};
  for (int i = 0; i < kNaps; ++i) {
    const auto start = steady_clock::now();
    std::this_thread::sleep_for(Duration(1));
    worst = std::max(worst, since(start));
  }
  Finding finding{"clock", to_text(now) + ", a nap of 1 ms took " + reports::duration_name(worst) +
                               " at worst"};
  if (now < earliest)
    finding.mend = "set the clock of this machine: it stands before this program was made";
  if (worst > kTooLate)
    finding.mend = "end what keeps this machine busy, or certify in virtual time only";
  return finding;
}

Finding look_at_cores() {
  std::array<double, 1> load{};
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  std::string text =
      reports::count(cores, "core") + ", so many validations at a time in virtual time";
  if (getloadavg(load.data(), 1) == 1) {
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), "%.1f", load[0]);
    text += "; the load is " + std::string(number.data());
  }
  return {"cores", text};
}

// "postgres (PostgreSQL) 15.14", "Redis server v=7.0.15": the words up to the version.
std::string version_of(const std::filesystem::path& program) {
  const std::string command = "\"" + program.string() + "\" --version 2>/dev/null";
  std::array<char, 256> line{};
  const std::unique_ptr<FILE, int (*)(FILE*)> output(popen(command.c_str(), "r"), pclose);
  if (output == nullptr || std::fgets(line.data(), line.size(), output.get()) == nullptr) return "";
  std::istringstream words(line.data());
  std::string first;
  std::string second;
  std::string third;
  words >> first >> second >> third;
  return first + " " + second + " " + third;
}

Finding look_at_server(const ProviderFactory& needs_it, StoreServers& servers) {
  const std::string& kind = needs_it.server;
  const Result<std::filesystem::path> program = servers::program_of(kind);
  const auto start = steady_clock::now();
  const Result<StoreServers::Place> place = servers.place_for(needs_it);
  if (!place) {
    const bool is_absent = place.error().kind == ErrorKind::not_found;
    return {kind, place.error().message,
            is_absent ? "install it, or say with --uri where one is"
                      : "say with --uri where one is that this user can reach"};
  }
  const std::string version = version_of(program.value());
  return {kind, program.value().string() + ", " +
                    (version.empty() ? "of unknown version" : version) +
                    ", started and answered in " + reports::duration_name(since(start))};
}

std::string said_of(const Run& run) {
  const Capabilities& offered = run.description.capabilities;
  std::string clocks;
  for (const ClockSource source :
       {ClockSource::injected, ClockSource::local, ClockSource::server}) {
    if (offered.clocks.has(source))
      clocks += (clocks.empty() ? "" : " or ") + std::string(name(source));
  }
  return run.description.version + " on " + run.description.store_version + ": " +
         (run.selection.profiles.empty() ? "no profile" : reports::list(run.selection.profiles)) +
         ", " + clocks + " clock, " + reports::words(name(offered.durability));
}

Finding look_at_provider(const Registry& registry, const std::string& provider,
                         StoreServers& servers, const std::string& program) {
  const Result<Run> run = probe(registry, provider, servers);
  if (!run) {
    return {provider, run.error().message, "mend that first: nothing can be asked of it"};
  }
  const Judgement judgement = judge(run.value());
  Finding finding{provider, said_of(run.value()) + "; " +
                                std::to_string(judgement.of(Outcome::passed)) + " of " +
                                reports::count(judgement.planned, "validation") + " passed"};
  if (judgement.conclusion != Conclusion::partial) {
    finding.mend = "see why: " + program + " certify " + provider + " --filter " +
                   run.value().selection.filter;
  }
  return finding;
}

}  // namespace

int doctor(const Registry& registry, const DoctorCommand& command, const std::string& program) {
  const Result<std::vector<std::string>> providers = providers_from(registry, command.providers);
  const std::string objection =
      !providers ? providers.error().message : objection_to_address(command.uri);
  if (!objection.empty()) {
    std::cerr << "ackproof: " << objection << "\n";
    return kUsage;
  }
  std::size_t seen = 0;
  std::size_t troubles = 0;
  const auto tell = [&](const Finding& finding) {
    print(finding);
    ++seen;
    troubles += is_ok(finding) ? 0 : 1;
  };
  tell(look_at_stores());
  tell(look_at_clock());
  tell(look_at_cores());
  StoreServers none;
  StoreServers servers(command.uri);
  std::set<std::string> kinds;
  for (const std::string& provider : providers.value()) {
    const ProviderFactory& factory = *registry.find(provider);
    if (factory.server.empty() || !command.uri.empty() || !kinds.insert(factory.server).second)
      continue;
    tell(look_at_server(factory, servers));
  }
  for (const std::string& provider : providers.value()) {
    const bool on_server = !registry.find(provider)->server.empty();
    tell(look_at_provider(registry, provider, on_server ? servers : none, program));
  }
  if (troubles == 0) std::printf("\nAll is fine: certify.\n");
  if (troubles > 0) std::printf("\nNot ok: %zu of %zu.\n", troubles, seen);
  return troubles == 0 ? kCertified : kBroken;
}

}  // namespace ackproof
