// Who was judged and with what result; what was not tried; what the provider declares; how to
// repeat the run.
#include <algorithm>
#include <iterator>

#include "contract/profiles.h"
#include "reports/html_parts.h"
#include "reports/wording.h"

namespace ackproof::reports::html {

namespace {

std::string_view headline(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::certified:
      return "Certified";
    case Conclusion::not_certified:
      return "Not certified";
    case Conclusion::undecided:
      return "Undecided";
    case Conclusion::partial:
      break;
  }
  return "Passed in part";
}

Seal seal_of(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::certified:
      return Seal::tick;
    case Conclusion::not_certified:
      return Seal::cross;
    case Conclusion::undecided:
      return Seal::question;
    case Conclusion::partial:
      break;
  }
  return Seal::dash;
}

std::string_view meaning(Level level) {
  switch (level) {
    case Level::functional:
      return "Clause by clause, with clean reopening";
    case Level::concurrent:
      return "Also with concurrent histories";
    case Level::durable:
      return "Also with killed processes and lost power";
    case Level::resilient:
      break;
  }
  return "Also with network and clock faults";
}

Markup profile_fact(const Selection& selection) {
  Markup all;
  for (const std::string& selected : selection.profiles) {
    const Profile* profile = find_profile(selected);
    all += markup(selected, "<small>", profile == nullptr ? std::string_view() : profile->summary,
                  "</small>");
  }
  return markup("<div><dt>Profiles</dt><dd>", all, "</dd></div>\n");
}

Markup facts(const Run& run) {
  const Selection& asked = run.selection;
  Markup all = markup("<dl class=\"facts\">\n");
  all += fact("Provider", provider_name(run), run.description.store_version);
  all += profile_fact(asked);
  all += fact(
      "Level",
      std::to_string(static_cast<unsigned>(asked.level)) + " " + std::string(name(asked.level)),
      meaning(asked.level));
  all += fact("When", moment(run.started_at), "took " + duration_name(run.took));
  all += fact("Clock", name(asked.clock), "seed " + std::to_string(asked.seed));
  all += markup("</dl>\n");
  return all;
}

Markup items(const std::vector<std::string>& sentences) {
  Markup all;
  for (const std::string& sentence : sentences) all += markup("<li>", sentence, "</li>\n");
  return all;
}

Markup facet_chips(const EnumSet<Capability>& facets) {
  Markup all = markup("<ul class=\"chips\">\n");
  for (unsigned i = 1; i <= static_cast<unsigned>(Capability::context_store); ++i) {
    const auto facet = static_cast<Capability>(i);
    const std::string_view style = facets.has(facet) ? "declared" : "absent";
    all += markup("<li class=\"", style, "\">", words(name(facet)), "</li>\n");
  }
  all += markup("</ul>\n");
  return all;
}

Markup limits(const Limits& limits) {
  return markup("<table class=\"sheet\">\n", line("A payload", size_name(limits.payload_bytes)),
                line("An id, a name, a tag", size_name(limits.id_bytes)),
                line("Events of an execution", grouped(limits.history_events)),
                line("Items of one list of a commit", grouped(limits.commit_items)),
                line("Messages of one turn", grouped(limits.batch_messages)),
                line("A key", size_name(limits.key_bytes)),
                line("A value of a key", size_name(limits.value_bytes)),
                line("The shortest lock", duration_name(limits.smallest_lock)), "</table>\n");
}

std::string clock_list(const EnumSet<ClockSource>& clocks) {
  std::vector<std::string> names;
  for (const auto clock : {ClockSource::injected, ClockSource::local, ClockSource::server}) {
    if (clocks.has(clock)) names.emplace_back(name(clock));
  }
  return names.empty() ? "none" : list(names);
}

Markup promises(const Capabilities& capabilities) {
  const std::string_view processes = capabilities.several_processes ? "yes" : "no";
  const std::string_view cleanup = capabilities.eager_session_cleanup ? "yes" : "no";
  return markup("<table class=\"sheet\">\n",
                line("Durability", words(name(capabilities.durability))),
                line("Clocks", clock_list(capabilities.clocks)),
                line("Several processes on one store", processes),
                line("A call ends within", duration_name(capabilities.call_limit)),
                line("A long poll may be late by", duration_name(capabilities.poll_slack)),
                line("Lapsed sessions go by themselves", cleanup),
                line("Batch ids are remembered for", duration_name(capabilities.batch_retention)),
                "</table>\n");
}

// The clauses that were set aside, by reason, in the order of the contract.
struct SetAside {
  std::string reason;
  std::vector<std::string> clauses;
};

std::vector<SetAside> set_aside(const Run& run) {
  std::vector<SetAside> all;
  const auto add = [&](const std::string& reason, const std::string& clause) {
    auto found = std::ranges::find(all, reason, &SetAside::reason);
    if (found == all.end()) found = all.insert(found, {reason, {}});
    if (std::ranges::find(found->clauses, clause) == found->clauses.end()) {
      found->clauses.push_back(clause);
    }
  };
  for (const Clause& clause : run.clauses) {
    if (!clause.untried.empty()) add(clause.untried, clause.requirement);
    for (const Verdict* verdict : verdicts_on(run, clause.requirement)) {
      if (verdict->outcome == Outcome::not_applicable) add(verdict->reason, clause.requirement);
    }
  }
  return all;
}

}  // namespace

Markup banner(const Run& run, const Judgement& judgement) {
  Markup below;
  if (!judgement.obstacles.empty()) {
    below += markup("<ul class=\"reasons\">\n", items(judgement.obstacles), "</ul>\n");
  }
  if (!judgement.remarks.empty()) {
    below +=
        markup("<details class=\"remarks\"><summary>", count(judgement.remarks.size(), "remark"),
               "</summary>\n<ul>\n", items(judgement.remarks), "</ul></details>\n");
  }
  return markup("<header class=\"banner ", name(judgement.conclusion),
                "\"><div>\n<p class=\"brand\">ackproof conformance report</p>\n<h1>",
                seal(seal_of(judgement.conclusion)), headline(judgement.conclusion),
                "</h1>\n<p class=\"sentence\">", judgement.sentence, "</p>\n", facts(run), below,
                "</div></header>\n");
}

Markup untried(const Run& run) {
  Markup all;
  for (const SetAside& group : set_aside(run)) {
    Markup links;
    for (const std::string& clause : group.clauses) {
      links += markup("<a class=\"mono\" href=\"#", clause, "\">", clause, "</a> ");
    }
    all += markup("<li><p class=\"reason\">", group.reason, "</p><p>", links, "</p></li>\n");
  }
  if (all.text.empty()) return {};
  return markup(
      "<section>\n<h2 id=\"not-tried\">What was not tried</h2>\n<p class=\"lead\">Nothing is known "
      "about these, in whole or in part. They are not counted as passed.</p>\n<ul "
      "class=\"list\">\n",
      all, "</ul>\n</section>\n");
}

Markup declaration(const Run& run) {
  const Capabilities& declared = run.description.capabilities;
  return markup(
      "<section>\n<h2>What the provider declares</h2>\n<p class=\"lead\">A declared facet or limit "
      "is a promise. A dashed one is not declared.</p>\n",
      facet_chips(declared.facets), "<div class=\"columns\"><div><p class=\"label\">Limits</p>\n",
      limits(declared.limits), "</div><div><p class=\"label\">Promises</p>\n", promises(declared),
      "</div></div>\n</section>\n");
}

Markup repetition(const Run& run) {
  std::string line_to_type = run.command;
  if (line_to_type.find("--seed") == std::string::npos) {
    line_to_type += " --seed " + std::to_string(run.selection.seed);
  }
  const std::string digest = run.suite.binary_digest.empty() ? "unknown" : run.suite.binary_digest;
  return markup(
      "<section>\n<h2>How to repeat it</h2>\n<p class=\"lead\">The same suite, provider and seed "
      "put "
      "the same questions in the same order.</p>\n",
      command(line_to_type), "<table class=\"sheet\">\n",
      line("Suite", "ackproof " + run.suite.version), line("Contract", run.suite.contract_version),
      line("Digest of the suite", digest), line("System", run.environment.system),
      line("Compiler", run.environment.compiler), line("Cores", grouped(run.environment.cores)),
      line("Stores on", run.environment.file_system),
      line("Server", run.environment.server.empty() ? "none" : run.environment.server),
      line("Repetitions", grouped(run.selection.repeat)),
      line("Random sequences", grouped(run.selection.sequences) + " of " +
                                   grouped(run.selection.sequence_length) +
                                   (run.selection.sequence_length == 1 ? " call" : " calls")),
      "</table>\n</section>\n");
}

}  // namespace ackproof::reports::html
