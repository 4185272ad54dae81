// The command line of `stress`.
#include <CLI/CLI.hpp>

#include "harness/cli/app.h"
#include "harness/cli/cli.h"

namespace ackproof {

namespace {

// A whole number of `unit`s.
CLI::Option* add_span(CLI::App& app, const std::string& names, Duration unit, Duration& span,
                      const std::string& what) {
  return app
      .add_option_function<std::int64_t>(
          names, [&span, unit](const std::int64_t& number) { span = unit * number; }, what)
      ->default_str(std::to_string(span / unit));
}

}  // namespace

void add_stress(CLI::App& app, Command& command) {
  constexpr Duration kSecond{1'000};
  StressCommand& order = command.stress;
  StressSettings& settings = order.settings;
  CLI::App* stress = app.add_subcommand(
      "stress", "Run workflows over a provider, under load, and check each of them");
  stress->callback([&command] { command.verb = Command::Verb::stress; });
  stress
      ->add_option("provider", order.providers,
                   "Names that `ackproof list providers` shows; all: every one of them")
      ->required();
  stress->add_option("-o,--out,--report", order.out, "Folder for stress.json and stress.html")
      ->capture_default_str();
  stress
      ->add_option("--load", settings.load,
                   "What the workflows do: steps, fan_out, payloads, timers, children, saga, "
                   "continued (as new), cancelled, signalled (events and queue messages), or "
                   "mixed: all of them in turn")
      ->capture_default_str();
  CLI::Option* duration = add_span(*stress, "--duration", kSecond, settings.duration,
                                   "Seconds in which workflows are started")
                              ->check(CLI::Range(1, 604'800));
  stress->add_option("--workflows", settings.workflows, "Start so many, however long it takes")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->excludes(duration);
  stress->add_option("--in-flight", settings.in_flight, "Workflows that are kept under way")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000}))
      ->capture_default_str();
  stress->add_option("--turn-workers", settings.turn_workers, "Threads that take turns")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{256}))
      ->capture_default_str();
  stress->add_option("--activity-workers", settings.activity_workers, "Threads that do activities")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{256}))
      ->capture_default_str();
  add_span(*stress, "--activity-ms", Duration(1), settings.activity,
           "Milliseconds that an activity of steps and fan_out takes")
      ->check(CLI::Range(0, 600'000));
  stress->add_option("--payload-bytes", settings.payload_bytes, "Bytes of a payload of payloads")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{64} << 20U))
      ->capture_default_str();
  add_span(*stress, "--drain", kSecond, settings.drain,
           "Seconds without any progress after which what is under way is lost")
      ->check(CLI::Range(1, 86'400));
  stress->add_option_function<std::uint64_t>(
      "--seed",
      [&order](const std::uint64_t& seed) {
        order.settings.seed = seed;
        order.seed_given = true;
      },
      "Seed of everything random. Default: a new one, which is printed");
  stress->add_flag("-q,--quiet", order.quiet, "No line a second about how far it is");
  stress
      ->add_option("--uri", order.uri,
                   "The server to use, whose other content is left alone, instead of a private "
                   "one. Passwords are safer in ACKPROOF_URI, which says the same")
      ->envname("ACKPROOF_URI");
  stress->footer(
      "Exit codes: 0 every workflow was right, 1 something was lost, doubled, wrong or left in a\n"
      "            queue, 2 usage, 3 nothing was tried, 130 interrupted\n"
      "Examples:\n"
      "  ackproof stress sqlite\n"
      "  ackproof stress all --load steps --duration 30\n"
      "  ackproof stress postgres --uri postgresql://ann@db/scratch --turn-workers 8");
}

}  // namespace ackproof
