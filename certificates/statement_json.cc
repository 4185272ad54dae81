#include <algorithm>

#include "certificates/digest.h"
#include "certificates/statement.h"
#include "certificates/utc.h"
#include "contract/json_io.h"
#include "reports/record_io.h"
#include "reports/wording.h"

namespace ackproof {

namespace json_io {

using certificates::Claims;
using certificates::Counts;
using certificates::DigestSet;
using certificates::Judge;
using certificates::NotTried;
using certificates::ProviderIdentity;
using certificates::Resource;
using certificates::Signer;
using certificates::SignerKind;
using certificates::Statement;
using certificates::TestResult;

namespace {

bool is_statement(const std::string& type) { return type == certificates::kStatementType; }
bool is_test_result(const std::string& type) { return type == certificates::kPredicateType; }
bool is_our_schema(const std::string& schema) { return schema == certificates::kSchema; }
bool is_result(const std::string& result) { return result == "PASSED" || result == "WARNED"; }
bool is_hex(const std::string& hex) { return certificates::is_digest("sha256:" + hex); }
bool is_digest(const std::string& digest) { return certificates::is_digest(digest); }
bool is_digest_or_none(const std::string& digest) { return digest.empty() || is_digest(digest); }
bool is_time(const std::string& time) { return certificates::read_utc(time).has_value(); }

}  // namespace

template <>
struct Spelling<SignerKind> : Named<SignerKind::self_certified, SignerKind::third_party> {};

template <>
inline constexpr auto kFields<DigestSet> = std::tuple{
    field("sha256", &DigestSet::sha256, is_hex),
};

template <>
inline constexpr auto kFields<Resource> = std::tuple{
    field("name", &Resource::name),
    field("digest", &Resource::digest),
};

template <>
inline constexpr auto kFields<ProviderIdentity> = std::tuple{
    field("name", &ProviderIdentity::name),
    field("version", &ProviderIdentity::version),
    field("backend", &ProviderIdentity::backend),
};

template <>
inline constexpr auto kFields<Judge> = std::tuple{
    field("version", &Judge::version),
    field("contract_version", &Judge::contract_version),
    field("binary", &Judge::binary, is_digest),
    field("requirement_set", &Judge::requirement_set, is_digest),
};

template <>
inline constexpr auto kFields<Counts> = std::tuple{
    field("planned", &Counts::planned),     field("passed", &Counts::passed),
    field("failed", &Counts::failed),       field("crashed", &Counts::crashed),
    field("timed_out", &Counts::timed_out), field("inconclusive", &Counts::inconclusive),
    field("broken", &Counts::broken),       field("not_applicable", &Counts::not_applicable),
    field("exempted", &Counts::exempted),   field("flaky", &Counts::flaky),
};

template <>
inline constexpr auto kFields<NotTried> = std::tuple{
    field("requirement", &NotTried::requirement),
    field("validation", &NotTried::validation),
    field("reason", &NotTried::reason),
};

template <>
inline constexpr auto kFields<Signer> = std::tuple{
    field("kind", &Signer::kind),
    field("name", &Signer::name),
    field("key_id", &Signer::key_id, is_digest),
};

template <>
inline constexpr auto kFields<Claims> = std::tuple{
    field("schema", &Claims::schema, is_our_schema),
    field("provider", &Claims::provider),
    field("profiles", &Claims::profiles),
    field("level", &Claims::level),
    field("suite", &Claims::suite),
    field("record", &Claims::record, is_digest),
    field("exemptions", &Claims::exemptions, is_digest_or_none),
    field("environment", &Claims::environment),
    field("clock", &Claims::clock),
    field("seed", &Claims::seed),
    field("repeat", &Claims::repeat),
    field("sequences", &Claims::sequences),
    field("sequence_length", &Claims::sequence_length),
    field("started_at", &Claims::started_at, is_time),
    field("counts", &Claims::counts),
    field("not_tried", &Claims::not_tried),
    field("issued_at", &Claims::issued_at, is_time),
    field("valid_until", &Claims::valid_until, is_time),
    field("signer", &Claims::signer),
};

template <>
inline constexpr auto kFields<TestResult> = std::tuple{
    field("result", &TestResult::result, is_result),
    field("configuration", &TestResult::configuration),
    field("passedTests", &TestResult::passed_tests),
    field("warnedTests", &TestResult::warned_tests),
    field("failedTests", &TestResult::failed_tests),
    field("ackproof", &TestResult::ackproof),
};

template <>
inline constexpr auto kFields<Statement> = std::tuple{
    field("_type", &Statement::type, is_statement),
    field("subject", &Statement::subject),
    field("predicateType", &Statement::predicate_type, is_test_result),
    field("predicate", &Statement::predicate),
};

}  // namespace json_io

namespace certificates {

using json_io::Json;
using json_io::Place;
using json_io::Text;

namespace {

std::string shown(const Json& value) {
  constexpr std::size_t kShown = 80;
  if (value.is_structured()) return reports::count(value.size(), "item");
  std::string text = value.dump();
  return text.size() <= kShown ? text : text.substr(0, kShown) + "…";
}

std::string differ(const Json& said, const Json& found, const Place& at);

std::string differ_in_fields(const Json& said, const Json& found, const Place& at) {
  for (const auto& item : said.items()) {
    const std::string what = differ(item.value(), found.at(item.key()), Place{&at, item.key()});
    if (!what.empty()) return what;
  }
  return {};
}

std::string differ_in_items(const Json& said, const Json& found, const Place& at) {
  for (std::size_t i = 0; i < std::min(said.size(), found.size()); ++i) {
    const std::string what = differ(said[i], found[i], Place{&at, {}, i});
    if (!what.empty()) return what;
  }
  return {};
}

// Both were written from statements, so they have the same fields. What is at the root or missing
// from a list is told by its size.
std::string differ(const Json& said, const Json& found, const Place& at) {
  if (said == found) return {};
  std::string within;
  if (said.is_object()) within = differ_in_fields(said, found, at);
  if (said.is_array()) within = differ_in_items(said, found, at);
  if (!within.empty()) return within;
  return at.path() + " is " + shown(said) + ", and the record gives " + shown(found);
}

Json document_of(const Statement& statement) { return json_io::encode(statement, Text::replaced); }

}  // namespace

std::string write_statement(const Statement& statement) {
  return document_of(statement).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Statement> read_statement(std::string_view json) {
  return json_io::reported("read_statement", [&] {
    return json_io::decode<Statement>(json_io::parse(json), Text::replaced, Place{});
  });
}

std::string first_difference(const Statement& said, const Statement& found) {
  return differ(document_of(said), document_of(found), Place{});
}

}  // namespace certificates

}  // namespace ackproof
