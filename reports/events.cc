#include "reports/events.h"

#include <nlohmann/json.hpp>

#include "reports/judgement.h"
#include "reports/run_json.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

using Json = nlohmann::ordered_json;

Json event(const char* what, const std::string& provider) {
  return {{"schema", "urn:ackproof:schema:event:1"}, {"event", what}, {"provider", provider}};
}

std::string line(const Json& event) {
  return event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string run_started_event(const Run& run, const std::vector<Planned>& plan) {
  Json started = event("run_started", run.provider);
  started["planned"] = plan.size() * run.selection.repeat;
  started["run"] = Json::parse(write_run(run));
  started["plan"] = Json::array();
  for (const Planned& each : plan) {
    started["plan"].push_back({{"validation", each.validation}, {"requirement", each.requirement}});
  }
  return line(started);
}

std::string verdict_event(const std::string& provider, const Verdict& verdict) {
  Json told = event("verdict", provider);
  told["verdict"] = Json::parse(write_verdict(verdict));
  return line(told);
}

std::string run_ended_event(const Run& run, int exit_code) {
  const Judgement judgement = judge(run);
  Json ended = event("run_ended", run.provider);
  ended["conclusion"] = name(judgement.conclusion);
  ended["sentence"] = judgement.sentence;
  ended["exit_code"] = exit_code;
  ended["interrupted"] = run.interrupted;
  ended["took"] = run.took.count();
  ended["planned"] = judgement.planned;
  for (const Outcome outcome : kOutcomes) ended["outcomes"][name(outcome)] = judgement.of(outcome);
  ended["missing"] = judgement.missing;
  ended["obstacles"] = judgement.obstacles;
  ended["remarks"] = judgement.remarks;
  return line(ended);
}

std::string run_failed_event(const std::string& provider, const std::string& sentence,
                             int exit_code) {
  Json failed = event("run_failed", provider);
  failed["sentence"] = sentence;
  failed["exit_code"] = exit_code;
  return line(failed);
}

}  // namespace ackproof::reports
