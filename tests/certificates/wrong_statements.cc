// What is wrong although the signature is good: the signer lies, or its program is broken.
#include <algorithm>

#include "certificates/digest.h"
#include "harness/records/requirement_set.h"
#include "tests/certificates/wrong.h"

namespace ackproof::certificates {

namespace {

Claims& claims(Statement& statement) { return statement.predicate.ackproof; }

std::vector<Verdict>::iterator one_that_passed(Record& run) {
  return std::ranges::find(run.verdicts, "LOCK_4", &Verdict::requirement);
}

}  // namespace

std::vector<Wrong> signed_statements() {
  return {
      {.name = "another type of statement",
       .says = "the statement: _type: unknown: \"https://in-toto.io/Statement/v0.1\"",
       .in_statement =
           [](Statement& statement) { statement.type = "https://in-toto.io/Statement/v0.1"; }},
      {.name = "another type of predicate",
       .says = "the statement: predicateType: unknown",
       .in_statement =
           [](Statement& statement) {
             statement.predicate_type = "https://slsa.dev/verification_summary/v1";
           }},
      {.name = "unknown field in the statement",
       .says = "the statement: note: unknown field",
       .in_payload = [](std::string& payload) { payload.insert(1, "\"note\":1,"); }},
      {.name = "unknown field among the claims",
       .says = "the statement: predicate.ackproof.note: unknown field",
       .in_payload =
           [](std::string& payload) {
             replace(payload, "\"ackproof\":{", "\"ackproof\":{\"note\":\"\",");
           }},
      {.name = "missing field",
       .says = "the statement: predicate.ackproof.repeat: missing",
       .in_payload = [](std::string& payload) { replace(payload, "\"repeat\":1,", ""); }},
      {.name = "number that is too large",
       .says = "the statement: predicate.ackproof.seed: a whole number is expected",
       .in_payload =
           [](std::string& payload) {
             replace(payload, "\"seed\":42", "\"seed\":99999999999999999999999999");
           }},
      {.name = "payload that is not JSON",
       .says = "the statement: [json.exception.parse_error",
       .in_payload = [](std::string& payload) { payload = "{]"; }},
      {.name = "payload that says a field twice",
       .says = "the key \"result\" is repeated",
       .in_payload =
           [](std::string& payload) {
             replace(payload, "\"result\":\"PASSED\"",
                     "\"result\":\"PASSED\",\"result\":\"PASSED\"");
           }},
      {.name = "a result of failure",
       .says = "the statement: predicate.result: unknown: \"FAILED\"",
       .in_statement = [](Statement& statement) { statement.predicate.result = "FAILED"; }},
      {.name = "changed result",
       .says = "predicate.result is \"WARNED\", and the record gives \"PASSED\"",
       .in_statement = [](Statement& statement) { statement.predicate.result = "WARNED"; }},
      {.name = "changed counts",
       .says = "predicate.ackproof.counts.passed is ",
       .in_statement = [](Statement& statement) { claims(statement).counts.passed += 1; }},
      {.name = "changed seed",
       .says = "predicate.ackproof.seed is 43, and the record gives 42",
       .in_statement = [](Statement& statement) { claims(statement).seed = 43; }},
      {.name = "a higher level",
       .says = "predicate.ackproof.level is \"resilient\", and the record gives \"functional\"",
       .in_statement = [](Statement& statement) { claims(statement).level = Level::resilient; }},
      {.name = "one profile more",
       .says = "predicate.ackproof.profiles is 2 items, and the record gives 1 item",
       .in_statement =
           [](Statement& statement) { claims(statement).profiles.push_back("engine"); }},
      {.name = "another version of the provider",
       .says = "subject[1].name is \"mystore 2.0.0\", and the record gives \"mystore 1.0.0\"",
       .in_statement =
           [](Statement& statement) {
             statement.subject[1].name = "mystore 2.0.0";
             claims(statement).provider.version = "2.0.0";
           }},
      {.name = "another program",
       .says = "subject[1].digest.sha256 is ",
       .in_statement =
           [](Statement& statement) {
             statement.subject[1].digest.sha256 = hex_of(sha256("other"));
           }},
      {.name = "subject that is not the record",
       .says = "subject[0].digest.sha256 is ",
       .in_statement =
           [](Statement& statement) {
             statement.subject[0].digest.sha256 = hex_of(sha256("other"));
           }},
      {.name = "a test less",
       .says = "predicate.passedTests",
       .in_statement = [](Statement& statement) { statement.predicate.passed_tests.pop_back(); }},
      {.name = "what was not tried is not said",
       .says = "predicate.ackproof.not_tried",
       .in_statement = [](Statement& statement) { claims(statement).not_tried.pop_back(); }},
      {.name = "exemptions of which the record knows nothing",
       .says = "predicate.ackproof.exemptions is ",
       .in_statement =
           [](Statement& statement) { claims(statement).exemptions = sha256("exemptions"); }},
      {.name = "requirement set of another suite",
       .says = "this program cannot know whether the record is complete",
       .in_statement =
           [](Statement& statement) {
             claims(statement).suite.requirement_set = sha256("another set");
             statement.predicate.configuration[1].digest.sha256 = hex_of(sha256("another set"));
           }},
      {.name = "another key in the statement",
       .says = "it says that the key sha256:",
       .in_statement =
           [](Statement& statement) {
             claims(statement).signer.key_id = other_key().public_key().id();
           }},
      {.name = "third party without a name",
       .says = "a third party that does not say its name",
       .in_statement =
           [](Statement& statement) {
             claims(statement).signer.kind = SignerKind::third_party;
             claims(statement).signer.name.clear();
           }},
      {.name = "signer whose name is blank",
       .says = "the name of the signer is blank",
       .in_statement = [](Statement& statement) { claims(statement).signer.name = "\u200b "; }},
      {.name = "issued before the run",
       .says = "before the run began at 2026-05-04T10:00:00Z",
       .in_statement =
           [](Statement& statement) { claims(statement).issued_at = "2026-05-03T00:00:00Z"; }},
      {.name = "ends before it begins",
       .says = "no later than it was issued",
       .in_statement =
           [](Statement& statement) { claims(statement).valid_until = "2026-05-04T11:00:00Z"; }},
      {.name = "time that is no time",
       .says = "the statement: predicate.ackproof.valid_until: unknown: \"2026-02-30",
       .in_statement =
           [](Statement& statement) { claims(statement).valid_until = "2026-02-30T11:00:00Z"; }},
      {.name = "not yet valid",
       .says = "it is not valid yet at 2026-05-04T11:59:59Z",
       .arguments = "--at 2026-05-04T11:59:59Z"},
      {.name = "expired",
       .says = "it has expired: it was valid until 2027-05-04T12:00:00Z",
       .arguments = "--at 2027-05-05"},
  };
}

// The statement follows from the record, and the signature is good: who signs has forged the record.
std::vector<Wrong> forged_records() {
  return {
      {.name = "missing validation",
       .says = "it has no verdict of ",
       .in_record = [](Record& run) { run.verdicts.erase(one_that_passed(run)); }},
      {.name = "missing validation that was not planned, either",
       .says = "0 validations of this MUST clause were planned",
       .in_record =
           [](Record& run) {
             const std::string id = one_that_passed(run)->requirement;
             std::erase_if(run.verdicts, [&](const Verdict& v) { return v.requirement == id; });
             std::ranges::find(run.clauses, id, &Clause::requirement)->planned = 0;
           }},
      {.name = "missing clause",
       .says = "its list of clauses lacks LOCK_2",
       .in_record =
           [](Record& run) {
             std::erase_if(run.verdicts,
                           [](const Verdict& v) { return v.requirement == "LOCK_2"; });
             std::erase_if(run.clauses, [](const Clause& c) { return c.requirement == "LOCK_2"; });
           }},
      {.name = "doubled validation",
       .says = "it has two verdicts of ",
       .in_record = [](Record& run) { run.verdicts.push_back(Verdict(*one_that_passed(run))); }},
      {.name = "validation that nobody knows",
       .says = "nobody asks for, of smiles_at_me",
       .in_record =
           [](Record& run) {
             run.verdicts.push_back(Verdict(*one_that_passed(run)));
             run.verdicts.back().validation = "smiles_at_me";
           }},
      {.name = "failed validation",
       .says = "mystore 1.0.0 is not certified",
       .in_record = [](Record& run) { one_that_passed(run)->outcome = Outcome::failed; }},
      {.name = "failed validation that was said to have passed",
       .says = "is passed and has findings",
       .in_record =
           [](Record& run) {
             one_that_passed(run)->failures = {{"Expected: less", "a.cc", 1}};
           }},
      {.name = "undecided validation",
       .says = "It is undecided whether mystore 1.0.0",
       .in_record = [](Record& run) { one_that_passed(run)->outcome = Outcome::inconclusive; }},
      {.name = "validation that was put aside",
       .says = "nothing that the provider declares excuses it",
       .in_record =
           [](Record& run) {
             one_that_passed(run)->outcome = Outcome::not_applicable;
             one_that_passed(run)->reason = "the provider does not declare sessions";
           }},
      {.name = "interrupted run",
       .says = "the run was interrupted",
       .in_record = [](Record& run) { run.interrupted = true; }},
      {.name = "mutant",
       .says = "mutant:ack_keeps_its_lock is broken on purpose, whatever it passes",
       .in_record = [](Record& run) { run.provider = "mutant:ack_keeps_its_lock"; }},
      {.name = "a part of a profile",
       .says = "only a part of core, level 1 functional was asked",
       .in_record = [](Record& run) { run.selection.requirements = {"LOCK"}; }},
      {.name = "a higher level that nobody tried",
       .says = "it says of ",
       .in_record =
           [](Record& run) {
             run.selection.level = Level::resilient;
             run.clauses = requirement_set().of(run.selection, run.description).clauses;
             for (Clause& clause : run.clauses) clause.planned += 1;
           }},
      {.name = "a profile that is not declared",
       .says = "The profile engine needs sessions",
       .in_record = [](Record& run) { run.selection.profiles.push_back("engine"); }},
      {.name = "a capability that was not tried",
       .says = "that does not follow from what the provider declares",
       .in_record =
           [](Record& run) { run.description.capabilities.durability = Durability::power_loss; }},
      {.name = "a hook that one validation had and another had not",
       .says = "was not asked because it needs the hook",
       .in_record =
           [](Record& run) {
             for (const RequiredVerdict& each :
                  requirement_set().of(run.selection, run.description).verdicts) {
               if (each.without_hook.empty()) continue;
               Verdict& verdict =
                   *std::ranges::find(run.verdicts, each.validation, &Verdict::validation);
               verdict.outcome = Outcome::not_applicable;
               verdict.reason = each.without_hook;
               return;
             }
           }},
      {.name = "another contract",
       .says = "it is about contract 2, and this program knows contract 1",
       .in_record = [](Record& run) { run.suite.contract_version = "2"; }},
      {.name = "more repetitions than there were",
       .says = " in repetition 2",
       .in_record = [](Record& run) { run.selection.repeat = std::uint64_t{1} << 63U; }},
      {.name = "no repetition",
       .says = "it was asked zero times",
       .in_record = [](Record& run) { run.selection.repeat = 0; }},
  };
}

}  // namespace ackproof::certificates
