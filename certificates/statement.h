// What a certificate says: an in-toto Statement v1 with the predicate test-result v0.1, and what
// that leaves unsaid in an extension field, `ackproof`. Its JSON form is described by
// `certificates/certificate.schema.json`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"
#include "reports/run.h"

namespace ackproof::certificates {

inline constexpr std::string_view kPayloadType = "application/vnd.in-toto+json";
inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kPredicateType =
    "https://in-toto.io/attestation/test-result/v0.1";
inline constexpr std::string_view kSchema = "urn:ackproof:schema:certificate:1";

struct DigestSet {
  std::string sha256;  // 64 hexadecimal digits.
  bool operator==(const DigestSet&) const = default;
};

struct Resource {
  std::string name;
  DigestSet digest;
  bool operator==(const Resource&) const = default;
};

struct ProviderIdentity {
  std::string name;     // "sqlite"
  std::string version;  // "1.0.0"
  std::string backend;  // "SQLite 3.40.1"
  bool operator==(const ProviderIdentity&) const = default;
};

// Who judged. Digests are "sha256:…".
struct Judge {
  std::string version;
  std::string contract_version;
  std::string binary;           // Of the program, which holds suite and provider.
  std::string requirement_set;  // Of what this suite asks (certificates/requirement_set.h).
  bool operator==(const Judge&) const = default;
};

struct Counts {
  std::uint64_t planned = 0;  // The sum of the others.
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t crashed = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t broken = 0;
  std::uint64_t not_applicable = 0;
  std::uint64_t exempted = 0;
  std::uint64_t flaky = 0;
  bool operator==(const Counts&) const = default;
};

struct NotTried {
  std::string requirement;
  std::string validation;  // Empty: nothing tries this clause.
  std::string reason;
  bool operator==(const NotTried&) const = default;
};

enum class SignerKind : std::uint8_t { self_certified, third_party };
std::string_view name(SignerKind kind);  // "self-certified"

struct Signer {
  SignerKind kind = SignerKind::self_certified;
  std::string name;    // As the signer says; may be empty for the provider's own author.
  std::string key_id;  // Of the key that signs.
  bool operator==(const Signer&) const = default;
};

// Whether there is nothing in it that can be seen.
bool is_blank(std::string_view name);

// What does not follow from the record.
struct Terms {
  std::string issued_at;    // UTC, as write_utc writes it.
  std::string valid_until;  // From here on it is worth nothing.
  Signer signer;
};

struct Claims {
  std::string schema{kSchema};
  ProviderIdentity provider;
  std::vector<std::string> profiles;
  Level level = Level::functional;
  Judge suite;
  std::string record;  // Digest of run.json.
  std::string
      exemptions;  // Digest of those in the record, as one line of JSON; empty: there are none.
  Environment environment;
  ClockSource clock = ClockSource::injected;
  std::uint64_t seed = 0;
  std::uint64_t repeat = 1;
  std::uint64_t sequences = 0;
  std::uint64_t sequence_length = 0;
  std::string started_at;
  Counts counts;
  std::vector<NotTried> not_tried;
  std::string issued_at;
  std::string valid_until;
  Signer signer;
  bool operator==(const Claims&) const = default;
};

// Each validation is in one list, or among those that were not tried. Who repeated the run has it
// in the list of its worst outcome.
struct TestResult {
  std::string result;                   // PASSED, or WARNED if a test warned.
  std::vector<Resource> configuration;  // Suite, requirement set, exemptions.
  std::vector<std::string> passed_tests;
  std::vector<std::string> warned_tests;  // SHOULD clauses that do not hold, or are undecided.
  std::vector<std::string> failed_tests;  // None: only what is certified gets a certificate.
  Claims ackproof;
  bool operator==(const TestResult&) const = default;
};

struct Statement {
  std::string type{kStatementType};
  std::vector<Resource> subject;  // The record, and the program that holds the provider.
  std::string predicate_type{kPredicateType};
  TestResult predicate;
  bool operator==(const Statement&) const = default;
};

// What there is to say about a record that certifies. A pure function, so that whoever has the
// record can make it again and compare. `record` and `requirement_set` are digests.
Statement make_statement(const Run& run, const std::string& record,
                         const std::string& requirement_set, const Terms& terms);

// One line of JSON, UTF-8.
std::string write_statement(const Statement& statement);

// The statement in `json`. `invalid` with the place and what is wrong there: other types, a missing
// or unknown field, a digest or time that is none.
Result<Statement> read_statement(std::string_view json);

// Where `said` first differs from `found`, and how; empty when they are equal.
std::string first_difference(const Statement& said, const Statement& found);

}  // namespace ackproof::certificates
