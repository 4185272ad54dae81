// Certificates: who vouches that a provider is certified, in a form that others can check without
// a network, without the provider, and without believing the number at the end.
//
// A certificate is a statement (certificates/statement.h) about a record, in an envelope
// (certificates/envelope.h) that is signed by one key. Its id is the digest of the signed bytes.
// Functions of texts: nothing here reads files or clocks, except that `issue` needs a key.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "certificates/keys.h"
#include "certificates/requirement_set.h"
#include "certificates/statement.h"
#include "contract/result.h"
#include "reports/judgement.h"

namespace ackproof::certificates {

// What is to be checked, with what.
struct Evidence {
  std::string_view certificate;
  std::string_view record;                      // The bytes of run.json.
  std::string_view key;                         // The public key that is trusted, in PEM form.
  std::optional<std::string_view> revocations;  // If there is a list.
  std::chrono::sys_seconds at;                  // When it has to be valid.
};

// What was found good.
struct Verified {
  std::string id;
  Statement statement;
  Judgement judgement;  // Computed from the record.
  std::chrono::sys_seconds at;
  std::optional<std::size_t>
      revocations;  // How many entries the list has, none of them about this.
};

// Checks, in this order: key, envelope, signature, revocations, statement, time, record, and then
// what the record amounts to: that the statement is the one that the record gives, that nothing is
// missing which `set` asks, and that the verdict computed from it is `certified`. `invalid` with a
// sentence at the first that is not as it has to be.
Result<Verified> verify(const Evidence& evidence, const RequirementSet& set);

// The certificate on this record (the bytes of run.json), as verify() takes it. `invalid` with a
// sentence when the record certifies nothing or the terms make no sense. `terms.signer.key_id` is
// filled in.
Result<std::string> issue(std::string_view record, const SigningKey& key, Terms terms,
                          const RequirementSet& set);

// Who vouches for what, until when, and what was not tried; for people, safe to show.
std::string summary(const Verified& verified);

}  // namespace ackproof::certificates
