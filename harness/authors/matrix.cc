#include "harness/authors/matrix.h"

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "harness/authors/changes.h"
#include "harness/certify/probe.h"
#include "harness/certify/providers.h"
#include "harness/cli/cli.h"
#include "harness/cli/selection.h"

namespace ackproof {

namespace {

using Json = nlohmann::ordered_json;

// A server that a job brings, under its kind as the name of its host.
struct Service {
  std::string_view kind;
  std::string_view image;
  std::string_view uri;
  // What its image wants to be told, and nobody else has to know.
  std::string_view variable;
  std::string_view value;
};

constexpr Service kServices[] = {
    {"postgresql", "postgres:15", "postgresql://postgres@postgresql:5432/postgres",
     "POSTGRES_HOST_AUTH_METHOD", "trust"},
    {"redis", "redis:7", "redis://redis:6379", "", ""},
};

const Service* service_of(const Job& job) {
  const auto* found = std::ranges::find(kServices, job.server, &Service::kind);
  return job.setup != "service" || found == std::end(kServices) ? nullptr : found;
}

std::vector<std::string> lines_of_input() {
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);) lines.push_back(line);
  return lines;
}

// Those that the files concern.
std::vector<std::string> of_change(const std::vector<std::string>& providers,
                                   const std::vector<PathRule>& rules,
                                   const MatrixCommand& command) {
  const bool is_input = command.changed == std::vector<std::string>{"-"};
  std::vector<std::string> files = is_input ? lines_of_input() : command.changed;
  std::erase(files, "");
  // A pipe tells nothing of a git that failed, and to certify nobody for that would look like success.
  if (is_input && files.empty()) {
    std::cerr << "ackproof: the standard input names no file: either nothing has changed, or git "
                 "failed; so that nothing is missed, everybody is asked\n";
    return providers;
  }
  return concerned(providers, rules, files);
}

// Of `providers` those that have to be asked.
Result<std::vector<std::string>> to_ask(const Registry& registry, const MatrixCommand& command) {
  Result<std::vector<std::string>> providers = providers_from(registry, command.providers);
  if (!providers) return providers;
  std::vector<PathRule> rules = command.paths.empty() ? own_path_rules() : std::vector<PathRule>();
  for (const std::string& text : command.paths) {
    const Result<PathRule> rule = path_rule_from(registry, text);
    if (!rule) return rule.error();
    rules.push_back(rule.value());
  }
  if (!command.has_changed) return providers;
  return of_change(providers.value(), rules, command);
}

std::vector<std::string> setups_of(const ProviderFactory& factory, const MatrixCommand& command) {
  std::vector<std::string> setups = {"private", "service"};
  if (factory.server.empty()) setups = {"embedded"};
  // Of another kind no server can be started here.
  const bool is_known =
      std::ranges::find(kServices, factory.server, &Service::kind) != std::end(kServices);
  if (!factory.server.empty() && !is_known) setups = {"service"};
  std::erase_if(setups, [&](const std::string& setup) {
    return !command.setups.empty() &&
           std::ranges::find(command.setups, setup) == command.setups.end();
  });
  return setups;
}

// Those that were asked for, else those that the provider declares when it is opened.
Result<std::vector<std::string>> profiles_of(const Registry& registry, const std::string& provider,
                                             const std::vector<std::string>& asked_for,
                                             StoreServers& servers) {
  if (!asked_for.empty()) return asked_for;
  const Result<Run> run = probe(registry, provider, servers);
  if (run) return run.value().selection.profiles;
  return Error{ErrorKind::internal, "matrix",
               "what " + provider + " declares is not known, say with --profile what to certify: " +
                   run.error().message};
}

Result<std::vector<Job>> jobs_of(const Registry& registry, const MatrixCommand& command) {
  const Result<std::vector<std::string>> providers = to_ask(registry, command);
  if (!providers) return providers.error();
  const Result<std::vector<std::string>> asked_for = profiles_from(command.profiles);
  if (!asked_for) return asked_for.error();
  StoreServers servers;
  std::vector<Job> jobs;
  for (const std::string& provider : providers.value()) {
    const ProviderFactory& factory = *registry.find(provider);
    const std::vector<std::string> setups = setups_of(factory, command);
    if (setups.empty()) continue;
    const auto profiles = profiles_of(registry, provider, asked_for.value(), servers);
    if (!profiles) return profiles.error();
    for (const std::string& setup : setups) {
      for (const std::string& profile : profiles.value()) {
        jobs.push_back({provider, setup, factory.server, profile});
      }
    }
  }
  return jobs;
}

Json gitlab_job(const Job& job, const MatrixCommand& command, const std::string& program) {
  Json described = Json::object();
  described["image"] = command.image;
  described["needs"] = Json::array({{{"pipeline", "$PARENT_PIPELINE_ID"}, {"job", "build"}}});
  if (const Service* service = service_of(job)) {
    described["services"] = Json::array({{{"name", service->image}, {"alias", service->kind}}});
    described["variables"]["ACKPROOF_URI"] = service->uri;
    if (!service->variable.empty()) {
      described["variables"][std::string(service->variable)] = service->value;
    }
  }
  Json& script = described["script"] = Json::array();
  if (!command.before.empty()) script.push_back(command.before);
  script.push_back(program + " certify " + job.provider + " --profile " + job.profile);
  described["artifacts"]["when"] = "always";
  described["artifacts"]["paths"] = Json::array({"ackproof-report/"});
  described["artifacts"]["reports"]["junit"] = "ackproof-report/junit.xml";
  return described;
}

}  // namespace

std::string github_matrix(const std::vector<Job>& jobs) {
  Json include = Json::array();
  for (const Job& job : jobs) {
    const Service* service = service_of(job);
    include.push_back({{"name", job.name()},
                       {"provider", job.provider},
                       {"setup", job.setup},
                       {"profile", job.profile},
                       {"server", job.server},
                       {"image", service == nullptr ? "" : service->image},
                       {"uri", service == nullptr ? "" : service->uri}});
  }
  Json matrix = Json::object();
  matrix["include"] = include;
  return matrix.dump();
}

std::string gitlab_pipeline(const std::vector<Job>& jobs, const MatrixCommand& command,
                            const std::string& program) {
  Json pipeline = Json::object();
  for (const Job& job : jobs) pipeline[job.name()] = gitlab_job(job, command, program);
  if (jobs.empty()) pipeline["nothing-to-certify"]["script"] = Json::array({"true"});
  return pipeline.dump(2);
}

int matrix(const Registry& registry, const MatrixCommand& command, const std::string& program) {
  const Result<std::vector<Job>> jobs = jobs_of(registry, command);
  if (!jobs) {
    return refuse(jobs.error().message, jobs.error().kind == ErrorKind::invalid ? kUsage : kBroken);
  }
  std::cout << (command.format == "github" ? github_matrix(jobs.value())
                                           : gitlab_pipeline(jobs.value(), command, program))
            << std::endl;
  return kCertified;
}

}  // namespace ackproof
