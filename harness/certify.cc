#include "harness/certify.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "harness/address.h"
#include "harness/files.h"
#include "harness/orders.h"
#include "harness/progress.h"
#include "harness/report.h"
#include "harness/runner/child.h"
#include "harness/runner/runner.h"
#include "harness/store_servers.h"
#include "reports/events.h"
#include "reports/formats.h"
#include "reports/judgement.h"
#include "reports/render.h"

namespace ackproof {

namespace {

int refuse(const std::string& sentence, int code) {
  std::cerr << "ackproof: " << sentence << "\n";
  return code;
}

std::string known_names(const Registry& registry) {
  std::string names;
  for (const ProviderFactory& factory : registry.providers) {
    names += (names.empty() ? "" : ", ") + factory.name;
  }
  return names;
}

// The first signal ends the run and leaves its record; a second one ends the program.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_children(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int which : {SIGINT, SIGTERM, SIGHUP}) sigaction(which, &action, nullptr);
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
    default:
      return kBroken;
  }
}

Asked trouble(const std::string& provider, const std::string& sentence, int code) {
  return {provider, std::nullopt, sentence, code};
}

// The file that people are sent to: the page, or the record if there is none.
std::string shown_file(const std::vector<std::string>& formats) {
  return std::ranges::find(formats, "html") == formats.end() ? "run.json" : "report.html";
}

// What is the same for all providers of a command.
struct Session {
  const Registry& registry;
  StoreServers& servers;
  EventStream& events;
  const std::vector<std::string>& formats;
  std::ostream& people;  // Where they read.
  bool is_terminal;
};

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
  const int code = exit_code(run.value(), judge(run.value()));
  return {provider, std::move(run).value(), "", code};
}

// Certifies one provider, and writes its reports into `folder`.
Asked certify_one(const Session& session, const Orders& orders,
                  const std::filesystem::path& folder) {
  const Result<void> ready = prepare_folder(folder);
  Asked asked =
      ready ? ask(session, orders) : trouble(orders.provider, ready.error().message, kUsage);
  if (!asked.run) {
    session.events.write(reports::run_failed_event(asked.provider, asked.trouble, asked.code));
    return asked;
  }
  session.events.write(reports::run_ended_event(*asked.run));
  if (const Result<void> written = write_reports(*asked.run, folder, session.formats); !written) {
    return trouble(orders.provider, written.error().message, kBroken);
  }
  session.people << reports::render_text(*asked.run, session.is_terminal) << "Report: "
                 << std::filesystem::absolute(folder / shown_file(session.formats)).string()
                 << std::endl;
  return asked;
}

int certify_alone(const Session& session, const CertifyCommand& command, const Orders& orders) {
  const Asked asked = certify_one(session, orders, command.out);
  if (asked.trouble.empty() || asked.code == kInterrupted) return asked.code;
  return refuse(asked.trouble, asked.code);
}

// Several providers, one after the other, and a table at the end.
int certify_all(const Session& session, const CertifyCommand& command, Orders orders) {
  std::vector<Asked> all;
  std::vector<int> codes;
  for (const std::string& provider : command.providers) {
    if (interrupted()) {
      all.push_back(trouble(provider, "interrupted", kInterrupted));
      session.events.write(reports::run_failed_event(provider, "interrupted", kInterrupted));
    } else {
      session.people << (all.empty() ? "" : "\n");
      orders.provider = provider;
      all.push_back(certify_one(session, orders, command.out / provider));
      if (!all.back().trouble.empty() && all.back().code != kInterrupted) {
        refuse(provider + ": " + all.back().trouble, 0);
      }
    }
    codes.push_back(all.back().code);
  }
  std::vector<reports::MatrixRow> rows;
  for (const Asked& asked : all) {
    rows.push_back({asked.provider, asked.run ? &*asked.run : nullptr, asked.trouble,
                    asked.provider + "/" + shown_file(session.formats)});
  }
  session.people << "\n"
                 << reports::render_matrix(rows, session.is_terminal) << "Reports below "
                 << std::filesystem::absolute(command.out).string() << std::endl;
  const bool any = std::ranges::any_of(all, [](const Asked& asked) { return asked.run.has_value(); });
  if (!any) return worst_of(codes);
  const Result<void> written = write_matrix(rows, command.out, session.formats);
  if (!written) codes.push_back(refuse(written.error().message, kBroken));
  return worst_of(codes);
}

// Names that are known, each once; `all` stands for every provider.
Result<std::vector<std::string>> providers_from(const Registry& registry,
                                                const std::vector<std::string>& names) {
  std::vector<std::string> found;
  const auto add = [&found](const std::string& name) {
    if (std::ranges::find(found, name) == found.end()) found.push_back(name);
  };
  for (const std::string& name : names) {
    if (name == "all") {
      for (const ProviderFactory& factory : registry.providers) add(factory.name);
    } else if (registry.find(name) != nullptr) {
      add(name);
    } else {
      const std::string shown = is_address(name) ? without_credentials(name) : name;
      return Error{
          ErrorKind::invalid, "certify",
          "there is no provider '" + shown + "'; there are " + known_names(registry) + ", and all"};
    }
  }
  return found;
}

// Why what was typed makes no sense together; empty when it does.
std::string contradiction(const CertifyCommand& command) {
  const std::string several = std::to_string(command.providers.size()) + " providers";
  if (!command.uri.empty() && !is_address(command.uri)) {
    return "the address of a server, by --uri or ACKPROOF_URI, looks like "
           "postgresql://host/database or redis://host:6379";
  }
  if (command.providers.size() < 2) return {};
  if (!command.uri.empty()) {
    return "an address, by --uri or ACKPROOF_URI, is for one provider at a time, not for " +
           several;
  }
  if (!command.rerun_failed.empty()) {
    return "--rerun-failed is about the one provider of its record, not about " + several;
  }
  return {};
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
  const Result<std::vector<std::string>> formats =
      command.formats.empty() ? std::vector<std::string>(std::begin(reports::kUsualFormats),
                                                         std::end(reports::kUsualFormats))
                              : formats_from(command.formats);
  if (!formats) return refuse(formats.error().message, kUsage);
  const Result<Orders> orders = orders_from(command, typed);
  if (!orders) return refuse(orders.error().message, code_for(orders.error()));
  Result<EventStream> events = EventStream::open(command.events);
  if (!events) return refuse(events.error().message, kUsage);
  stop_on_signals();

  StoreServers servers(command.uri);
  const bool is_aside = events.value().is_standard_output();
  const Session session{registry,
                        servers,
                        events.value(),
                        formats.value(),
                        is_aside ? std::cerr : std::cout,
                        isatty(is_aside ? STDERR_FILENO : STDOUT_FILENO) == 1};
  const bool is_matrix =
      std::ranges::find(asked_for.providers, "all") != asked_for.providers.end() ||
      command.providers.size() > 1;
  const int code = is_matrix ? certify_all(session, command, orders.value())
                             : certify_alone(session, command, orders.value());
  if (events.value().trouble().empty()) return code;
  return worst_of({code, refuse(events.value().trouble(), kBroken)});
}

}  // namespace ackproof
