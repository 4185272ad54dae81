#include "harness/certify/progress.h"

#include <iomanip>
#include <iostream>
#include <memory>

#include "reports/events.h"
#include "reports/wording.h"

namespace ackproof {

namespace {

// How far one run has come.
struct State {
  std::string provider;
  std::size_t planned = 0;
  std::size_t done = 0;
};

std::vector<reports::Planned> questions_of(const Plan& plan) {
  std::vector<reports::Planned> questions;
  for (const PlannedRow& row : plan.rows) {
    if (row.repetition == 1) questions.push_back({row.validation->name, row.validation->proves.id});
  }
  return questions;
}

void show_start(std::ostream& people, const Run& run, std::size_t planned) {
  people << run.provider << ' ' << run.description.version << " on "
         << run.description.store_version << ": " << reports::count(planned, "validation")
         << ", seed " << run.selection.seed << '\n'
         << std::flush;
}

void show_verdict(std::ostream& people, bool is_terminal, const State& state,
                  const Verdict& verdict) {
  const bool is_settled =
      verdict.outcome == Outcome::passed || verdict.outcome == Outcome::not_applicable;
  if (is_terminal) people << "\r\033[K";
  if (!is_terminal || !is_settled) {
    people << std::left << std::setw(14) << name(verdict.outcome) << ' ' << std::setw(9)
           << verdict.requirement << ' ' << verdict.validation << " (" << verdict.took.count()
           << " ms)\n";
  }
  if (is_terminal) {
    people << '[' << state.done << '/' << state.planned << "] " << verdict.validation;
    if (state.done == state.planned) people << "\r\033[K";
  }
  people << std::flush;
}

}  // namespace

Progress show_progress(std::ostream& people, bool is_terminal, EventStream& events) {
  const auto state = std::make_shared<State>();
  Progress progress;
  progress.started = [&people, &events, state](const Run& run, const Plan& plan) {
    state->provider = run.provider;
    state->planned = plan.rows.size();
    show_start(people, run, state->planned);
    if (events.is_open()) events.write(reports::run_started_event(run, questions_of(plan)));
  };
  progress.finished = [&people, is_terminal, &events, state](const Verdict& verdict) {
    ++state->done;
    show_verdict(people, is_terminal, *state, verdict);
    if (events.is_open()) events.write(reports::verdict_event(state->provider, verdict));
  };
  progress.left_behind = [](const std::vector<std::string>& stores) {
    std::string names;
    for (const std::string& store : stores) names += " " + store;
    std::cerr << "ackproof: these stores could not be removed from the server:" << names << "\n";
  };
  return progress;
}

}  // namespace ackproof
