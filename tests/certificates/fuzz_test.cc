// Bytes go wrong by the thousand: nothing crashes, and nothing is believed that says something else.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "certificates/certificate.h"
#include "certificates/digest.h"
#include "certificates/envelope.h"
#include "certificates/revocations.h"
#include "contract/requirements.h"
#include "reports/run_json.h"
#include "tests/certificates/signing.h"
#include "tests/reports/sample_run.h"

namespace ackproof::certificates {
namespace {

// A fifth of these by default; all of them with ACKPROOF_FUZZ=all.
int rounds(int all) {
  const char* wish = std::getenv("ACKPROOF_FUZZ");
  return wish != nullptr && std::string_view(wish) == "all" ? all : all / 5;
}

// What takes a text apart the same way each time.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  // One to four changes of one to eight bytes: flipped bits, other bytes, lost, doubled or moved ones.
  std::string mutate(std::string text) {
    for (std::size_t left = below(4) + 1; left > 0; --left) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void change(std::string& text) {
    static constexpr std::string_view kTelling = "{}[]\",:0\\\xEF\xFF\x7F";
    const std::size_t at = below(text.size());
    const std::size_t size = std::min(below(8) + 1, text.size() - at);
    switch (below(7)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        if (!text.empty()) text[at] = static_cast<char>(random_());
        break;
      case 2:
        text.erase(at, size);
        break;
      case 3:
        text.insert(at, text.substr(at, size));
        break;
      case 4:
        text.insert(below(text.size()), text.substr(at, size));
        break;
      case 5:
        text.insert(at, 1, kTelling[below(kTelling.size())]);
        break;
      default:
        text.resize(below(20) == 0 ? at : text.size());
        if (!text.empty()) text[below(text.size())] = static_cast<char>('0' + below(10));
        break;
    }
  }

  std::mt19937_64 random_;
};

class Fuzz : public testing::Test {
 protected:
  Result<Verified> verified() const {
    return verify({certificate, record, key, std::string_view(list), sample_time()}, small_set());
  }

  // The statement in `certificate`, as bytes.
  std::string payload() const { return read_envelope(certificate).value().payload; }

  std::string record = reports::write_run(reports::certified_run());
  std::string certificate = issue(record, known_key(), sample_terms(), small_set()).value();
  std::string key = known_key().public_key().pem();
  std::string list = "ackproof-revocations 1\nkey " + sha256("another") + " lost\nend\n";
};

TEST_F(Fuzz, what_was_not_changed_is_believed) {
  const Result<Verified> result = verified();
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(Fuzz, a_changed_certificate_is_refused_unless_payload_and_signature_are_the_same) {
  const Envelope original = read_envelope(certificate).value();
  const std::string before = certificate;
  Mutator mutator(1);
  std::size_t believed = 0;
  for (int i = 0; i < rounds(10'000); ++i) {
    certificate = mutator.mutate(before);
    if (!verified()) continue;
    ++believed;
    const Envelope envelope = read_envelope(certificate).value();
    EXPECT_EQ(envelope.payload, original.payload) << certificate;
    EXPECT_EQ(envelope.payload_type, original.payload_type) << certificate;
    ASSERT_EQ(envelope.signatures.size(), 1U) << certificate;
    EXPECT_EQ(envelope.signatures[0].bytes, original.signatures[0].bytes) << certificate;
  }
  EXPECT_LT(believed, 200U) << "hardly any change does not count";
}

TEST_F(Fuzz, a_changed_record_is_refused) {
  const std::string before = record;
  Mutator mutator(2);
  for (int i = 0; i < rounds(20'000); ++i) {
    record = mutator.mutate(before);
    EXPECT_EQ(verified().has_value(), record == before) << i;
  }
}

TEST_F(Fuzz, a_changed_key_is_refused_unless_it_is_the_same_key) {
  const std::string before = key;
  Mutator mutator(3);
  for (int i = 0; i < rounds(10'000); ++i) {
    key = mutator.mutate(before);
    if (!verified()) continue;
    EXPECT_EQ(PublicKey::read(key).value().id(), known_key().public_key().id()) << key;
  }
}

TEST_F(Fuzz, a_changed_list_is_refused_or_still_says_what_is_revoked) {
  list = "ackproof-revocations 1\nkey " + known_key().public_key().id() + " lost\nend\n";
  ASSERT_FALSE(verified());
  const std::string before = list;
  Mutator mutator(4);
  for (int i = 0; i < rounds(20'000); ++i) {
    list = mutator.mutate(before);
    if (!verified()) continue;
    // Whoever changes the id revokes another key. All else has to be noticed.
    EXPECT_EQ(list.find(known_key().public_key().id()), std::string::npos) << list;
    const auto entries = read_revocations(list).value();
    for (const Revocation& entry : entries) EXPECT_NE(entry.what, known_key().public_key().id());
  }
}

// The signer itself says something wrong, so that the signature is good and everything behind it is tried.
TEST_F(Fuzz, a_changed_statement_that_is_signed_is_refused_unless_it_says_the_same) {
  const Statement original = read_statement(payload()).value();
  const std::string before = payload();
  const std::string good = certificate;
  Mutator mutator(5);
  for (int i = 0; i < rounds(10'000); ++i) {
    certificate = signed_with(known_key(), mutator.mutate(before));
    const Result<Verified> result = verified();
    if (!result) continue;
    // Terms are the signer's to choose; all else follows from the record.
    Statement statement = result.value().statement;
    Claims& claims = statement.predicate.ackproof;
    claims.issued_at = original.predicate.ackproof.issued_at;
    claims.valid_until = original.predicate.ackproof.valid_until;
    claims.signer.name = original.predicate.ackproof.signer.name;
    EXPECT_EQ(statement, original) << certificate;
  }
}

// A record that was forged by who signs it: what it leaves out or puts differently must not certify.
TEST_F(Fuzz, a_changed_record_that_is_signed_still_has_every_verdict) {
  const std::string before = record;
  const Record original = reports::certified_run();
  Mutator mutator(6);
  std::size_t issued = 0;
  for (int i = 0; i < rounds(5'000); ++i) {
    const std::string changed = mutator.mutate(before);
    if (!issue(changed, known_key(), sample_terms(), small_set())) continue;
    ++issued;
    const Record run = reports::read_run(changed).value();
    EXPECT_EQ(run.clauses, original.clauses);
    EXPECT_EQ(run.selection.level, original.selection.level);
    ASSERT_EQ(run.verdicts.size(), original.verdicts.size());
    for (std::size_t n = 0; n < run.verdicts.size(); ++n) {
      EXPECT_EQ(run.verdicts[n].validation, original.verdicts[n].validation);
      EXPECT_EQ(run.verdicts[n].requirement, original.verdicts[n].requirement);
      if (find_requirement(run.verdicts[n].requirement)->force == Force::should) continue;
      EXPECT_EQ(run.verdicts[n].outcome, Outcome::passed);
    }
  }
  EXPECT_GT(issued, static_cast<std::size_t>(rounds(50)))
      << "changes of times and names have to get through, or nothing was tried";
}

// Documents that cost a naive reader memory, stack or hours.
TEST_F(Fuzz, what_is_deep_wide_or_long_is_refused_soon) {
  std::string wide = "{";
  for (int i = 0; i < 200'000; ++i) wide += "\"k" + std::to_string(i) + "\":0,";
  wide += "\"payload\":\"\"}";
  for (const std::string& document :
       {std::string(1'000'000, '['), std::string(1'000'000, '{'), wide,
        "{\"payload\":" + std::string(2'000'000, '9') + "}",
        "{\"payload\":\"" + std::string(2'000'000, '\\') + "\"}", std::string(2'000'000, '\0'),
        std::string(2'000'000, ' '), std::string(2'000'000, '"')}) {
    certificate = document;
    EXPECT_FALSE(verified());
    EXPECT_FALSE(read_statement(document));
    EXPECT_FALSE(reports::read_run(document));
    EXPECT_FALSE(read_revocations(document));
    EXPECT_FALSE(PublicKey::read(document));
    EXPECT_FALSE(SigningKey::read(Secret(document)));
  }
}

}  // namespace
}  // namespace ackproof::certificates
