// What shields.io reads at an endpoint (schemaVersion 1), for a badge in the README of a provider.
#include <nlohmann/json.hpp>

#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

std::string message(const Run& run, const Judgement& judgement) {
  const std::string verdict = phrase(judgement.conclusion);
  if (judgement.conclusion == Conclusion::certified) {
    return readable_line(list(run.selection.profiles)) + ", level " +
           std::to_string(static_cast<unsigned>(run.selection.level));
  }
  if (judgement.conclusion == Conclusion::partial) return "only a part was asked";
  return verdict + ": " + std::to_string(judgement.of(Outcome::passed)) + " of " +
         std::to_string(judgement.planned - judgement.of(Outcome::not_applicable)) + " passed";
}

const char* colour(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::certified:
      return "brightgreen";
    case Conclusion::not_certified:
      return "red";
    case Conclusion::undecided:
    case Conclusion::partial:
      break;
  }
  return "yellow";
}

}  // namespace

std::string render_badge(const Run& run) {
  const Judgement judgement = judge(run);
  const nlohmann::ordered_json badge = {
      {"schemaVersion", 1},
      {"label", "ackproof " + readable_line(provider_name(run))},
      {"message", message(run, judgement)},
      {"color", colour(judgement.conclusion)},
      // Whoever shows an error badge cannot give it another colour.
      {"isError", judgement.conclusion != Conclusion::certified}};
  return badge.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ackproof::reports
