#include "harness/certify/certify.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "harness/authors/todo.h"
#include "harness/certify/event_stream.h"
#include "harness/certify/exemptions.h"
#include "harness/certify/orders.h"
#include "harness/certify/progress.h"
#include "harness/certify/providers.h"
#include "harness/files.h"
#include "harness/records/records.h"
#include "harness/records/report.h"
#include "harness/runner/child.h"
#include "harness/runner/runner.h"
#include "harness/stores/store_servers.h"
#include "reports/events.h"
#include "reports/exemptions.h"
#include "reports/formats.h"
#include "reports/judgement.h"
#include "reports/matrix.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof {

namespace {

// After a run of whole profiles that is not certified: where to begin.
std::string first_of_todo(const Run& run, const std::filesystem::path& folder) {
  constexpr std::size_t kShown = 8;
  if (!run.selection.is_whole() || judge(run).conclusion != Conclusion::not_certified) return {};
  const TodoPlace place{reports::program_of(run.command), folder / "run.json"};
  return "\n" + todo(run, place, kShown) + "\n";
}

// What came of one provider.
struct Asked {
  std::string provider;
  std::optional<Run> run;
  std::string trouble;  // Why there is no run, a sentence.
  int code = kBroken;
};

int code_for(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return kNothingSelected;
    case ErrorKind::unsupported:
    case ErrorKind::invalid:
      return kUsage;
    case ErrorKind::conflict:
      return kBadExemption;
    default:
      return kBroken;
  }
}

Asked trouble(const std::string& provider, const std::string& sentence, int code) {
  return {provider, std::nullopt, sentence, code};
}

// What is asked of every provider alike.
struct Terms {
  std::vector<ExemptionFor> exemptions;
  std::filesystem::path baseline;  // Empty: none.
  std::optional<Run> before;       // What stands in it.
};

// What is the same for all providers of a command.
struct Session {
  const Registry& registry;
  const Terms& terms;
  StoreServers& servers;
  EventStream& events;
  const std::vector<std::string>& formats;
  std::ostream& people;  // Where they read.
  bool is_terminal;
};

// The exit code, and what is to be said besides the report.
int conclude(const Session& session, const Run& run) {
  int code = exit_code(run, judge(run));
  if (session.terms.before) {
    session.people << "\nSince " << session.terms.baseline.string() << "\n\n";
    code = compare_with(*session.terms.before, run, session.people, code);
  }
  for (const std::string& sentence : wrong_exemptions(run)) refuse(sentence, kBadExemption);
  return code;
}

// The file that people are sent to: the page, or the record if there is none.
std::string shown_file(const std::vector<std::string>& formats) {
  return std::ranges::find(formats, "html") == formats.end() ? "run.json" : "report.html";
}

// Asks one provider.
Asked ask(const Session& session, Orders orders) {
  const std::string provider = orders.provider;
  const Result<StoreServers::Place> place =
      session.servers.place_for(*session.registry.find(provider));
  if (!place) {
    const bool is_usage = place.error().kind == ErrorKind::invalid;
    return trouble(provider, place.error().message, is_usage ? kUsage : kBroken);
  }
  orders.uri = place.value().uri;
  orders.server = place.value().shown;
  Result<Run> run = carry_out(session.registry, orders,
                              show_progress(session.people, session.is_terminal, session.events));
  if (!run && interrupted()) return trouble(provider, "interrupted", kInterrupted);
  if (!run) return trouble(provider, run.error().message, code_for(run.error()));
  return {provider, std::move(run).value(), "", kCertified};
}

// Certifies one provider, and writes its reports into `folder`.
Asked certify_one(const Session& session, const Orders& orders,
                  const std::filesystem::path& folder) {
  const std::vector<std::filesystem::path> made = missing_folders(folder);
  const Result<void> ready = prepare_folder(folder);
  Asked asked =
      ready ? ask(session, orders) : trouble(orders.provider, ready.error().message, kUsage);
  if (!asked.run) {
    remove_empty(made);
    session.events.write(reports::run_failed_event(asked.provider, asked.trouble, asked.code));
    return asked;
  }
  exempt(session.terms.exemptions, *asked.run);
  if (const Result<void> written = write_reports(*asked.run, folder, session.formats); !written) {
    session.events.write(
        reports::run_failed_event(asked.provider, written.error().message, kBroken));
    return trouble(orders.provider, written.error().message, kBroken);
  }
  session.people << reports::render_text(*asked.run, session.is_terminal)
                 << first_of_todo(*asked.run, folder) << "Report: "
                 << std::filesystem::absolute(folder / shown_file(session.formats)).string()
                 << std::endl;
  asked.code = conclude(session, *asked.run);
  if (asked.code == kCertified && judge(*asked.run).conclusion == Conclusion::certified) {
    session.people << "Vouch for it: " << reports::program_of(asked.run->command) << " attest "
                   << (folder / "run.json").string() << " --key NAME.key" << std::endl;
  }
  session.events.write(reports::run_ended_event(*asked.run, asked.code));
  return asked;
}

int certify_alone(const Session& session, const CertifyCommand& command, const Orders& orders) {
  const Asked asked = certify_one(session, orders, command.out);
  if (asked.trouble.empty() || asked.code == kInterrupted) return asked.code;
  return refuse(asked.trouble, asked.code);
}

// A table of all of them, and a page if there is anything to tell.
int write_all(const Session& session, const CertifyCommand& command,
              const std::vector<Asked>& all) {
  std::vector<reports::MatrixRow> rows;
  std::vector<int> codes;
  for (const Asked& asked : all) {
    rows.push_back({asked.provider, asked.run ? &*asked.run : nullptr, asked.trouble,
                    asked.provider + "/" + shown_file(session.formats)});
    codes.push_back(asked.code);
  }
  session.people << "\n" << reports::render_matrix(rows, session.is_terminal) << std::flush;
  const auto has_run = [](const Asked& asked) { return asked.run.has_value(); };
  if (std::ranges::none_of(all, has_run)) return worst_of(codes);
  session.people << "Reports below " << std::filesystem::absolute(command.out).string()
                 << std::endl;
  const Result<void> written = write_matrix(rows, command.out, session.formats);
  if (!written) codes.push_back(refuse(written.error().message, kBroken));
  return worst_of(codes);
}

// Several providers, one after the other, and a table at the end.
int certify_all(const Session& session, const CertifyCommand& command, Orders orders) {
  std::vector<Asked> all;
  for (const std::string& provider : command.providers) {
    if (interrupted()) {
      all.push_back(trouble(provider, "interrupted", kInterrupted));
      session.events.write(reports::run_failed_event(provider, "interrupted", kInterrupted));
      continue;
    }
    session.people << (all.empty() ? "" : "\n");
    orders.provider = provider;
    all.push_back(certify_one(session, orders, command.out / provider));
    if (!all.back().trouble.empty() && all.back().code != kInterrupted) {
      refuse(provider + ": " + all.back().trouble, 0);
    }
  }
  return write_all(session, command, all);
}

// Why what was typed makes no sense together; empty when it does.
std::string contradiction(const CertifyCommand& command) {
  const std::size_t providers = command.providers.size();
  if (providers > 1 && command.uri.empty() && !command.rerun_failed.empty()) {
    return "--rerun-failed is about the one provider of its record, not about " +
           std::to_string(providers) + " providers";
  }
  if (providers > 1 && command.uri.empty() && !command.baseline.empty()) {
    return "--baseline is about the one provider of its record, not about " +
           std::to_string(providers) + " providers";
  }
  return trouble_with_address(command.uri, providers);
}

// Read before anything runs: what is wrong with them is known then.
Result<Terms> terms_of(const Registry& registry, const CertifyCommand& command) {
  Terms terms;
  if (!command.exemptions.empty()) {
    Result<std::vector<ExemptionFor>> read =
        read_exemptions(command.exemptions, registry, today_utc());
    if (!read) return read.error();
    terms.exemptions = std::move(read).value();
  }
  if (!command.baseline.empty()) {
    Result<Run> before = read_record(command.baseline);
    if (!before) return before.error();
    if (before.value().provider != command.providers.front()) {
      return Error{ErrorKind::invalid, "certify",
                   command.baseline.string() + " is about " + before.value().provider +
                       ", not about " + command.providers.front()};
    }
    terms.baseline = command.baseline;
    terms.before = std::move(before).value();
  }
  return terms;
}

}  // namespace

int certify(const Registry& registry, const CertifyCommand& asked_for, const std::string& typed) {
  CertifyCommand command = asked_for;
  const Result<std::vector<std::string>> providers = providers_from(registry, command.providers);
  if (!providers) return refuse(providers.error().message, kUsage);
  command.providers = providers.value();
  if (const std::string sentence = contradiction(command); !sentence.empty()) {
    return refuse(sentence, kUsage);
  }
  const Result<std::vector<std::string>> formats = formats_from(command.formats);
  if (!formats) return refuse(formats.error().message, kUsage);
  const Result<Orders> orders = orders_from(command, typed);
  if (!orders) return refuse(orders.error().message, code_for(orders.error()));
  const Result<Terms> terms = terms_of(registry, command);
  if (!terms) return refuse(terms.error().message, code_for(terms.error()));
  Result<EventStream> events = EventStream::open(command.events);
  if (!events) return refuse(events.error().message, kUsage);
  stop_on_signals();

  StoreServers servers(command.uri);
  const bool is_aside = events.value().is_standard_output();
  const Session session{registry,
                        terms.value(),
                        servers,
                        events.value(),
                        formats.value(),
                        is_aside ? std::cerr : std::cout,
                        isatty(is_aside ? STDERR_FILENO : STDOUT_FILENO) == 1};
  const bool is_matrix = command.providers.size() > 1 || asks_for_all(asked_for.providers);
  const int code = is_matrix ? certify_all(session, command, orders.value())
                             : certify_alone(session, command, orders.value());
  if (events.value().trouble().empty()) return code;
  return worst_of({code, refuse(events.value().trouble(), kBroken)});
}

}  // namespace ackproof
