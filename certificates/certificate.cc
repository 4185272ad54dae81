#include "certificates/certificate.h"

#include "certificates/digest.h"
#include "certificates/envelope.h"
#include "certificates/revocations.h"
#include "certificates/utc.h"
#include "reports/markup.h"
#include "reports/run_json.h"

namespace ackproof::certificates {

namespace {

Error refused(const std::string& why) { return {ErrorKind::invalid, "certificate", why}; }

// "the envelope: signatures: missing".
Error refused(const std::string& part, const Error& error) {
  constexpr std::string_view kRoot = "the document: ";
  const bool is_root = error.message.starts_with(kRoot);
  return refused(part + ": " + error.message.substr(is_root ? kRoot.size() : 0));
}

Result<std::vector<Revocation>> revocations_in(const Evidence& evidence) {
  if (!evidence.revocations) return std::vector<Revocation>();
  Result<std::vector<Revocation>> list = read_revocations(*evidence.revocations);
  if (!list) return refused("the revocation list", list.error());
  return list;
}

// The payload, when its signature is right.
Result<std::string> signed_payload(std::string_view certificate, const PublicKey& key) {
  Result<Envelope> read = read_envelope(certificate);
  if (!read) return refused("the envelope", read.error());
  Envelope& envelope = read.value();
  if (envelope.payload_type != kPayloadType) {
    return refused("its payload is of the type " + envelope.payload_type + ", not " +
                   std::string(kPayloadType));
  }
  if (envelope.signatures.empty()) return refused("nobody has signed it");
  if (envelope.signatures.size() != 1) {
    return refused("it has " + std::to_string(envelope.signatures.size()) +
                   " signatures, and a certificate has exactly one");
  }
  const Signature& signature = envelope.signatures.front();
  if (!signature.key_id.empty() && signature.key_id != key.id()) {
    return refused("it was signed with the key " + signature.key_id + ", and the key given is " +
                   key.id());
  }
  const std::string message = pre_authentication_encoding(envelope.payload_type, envelope.payload);
  if (!key.fits(signature.bytes, message)) {
    return refused("the signature is wrong: the certificate was changed, or another key signed it");
  }
  return std::move(envelope.payload);
}

Result<void> not_revoked(const std::vector<Revocation>& list, const Statement& statement,
                         const PublicKey& key, const std::string& id) {
  const std::string& suite = statement.predicate.ackproof.suite.version;
  using Kind = Revocation::Kind;
  if (const Revocation* found = find_revocation(list, Kind::key, key.id())) {
    return refused("its key is revoked: " + found->reason);
  }
  if (const Revocation* found = find_revocation(list, Kind::certificate, id)) {
    return refused("this certificate is revoked: " + found->reason);
  }
  if (const Revocation* found = find_revocation(list, Kind::suite, suite)) {
    return refused("ackproof " + suite + " is revoked: " + found->reason);
  }
  return {};
}

// Times are texts of one form, so their order is that of the letters.
Result<void> in_time(const Claims& claims, const std::string& at) {
  if (claims.issued_at < claims.started_at) {
    return refused("it was issued at " + claims.issued_at + ", before the run began at " +
                   claims.started_at);
  }
  if (claims.valid_until <= claims.issued_at) {
    return refused("it ends at " + claims.valid_until + ", no later than it was issued");
  }
  if (at < claims.issued_at) {
    return refused("it is not valid yet at " + at + ", it was issued at " + claims.issued_at);
  }
  if (at >= claims.valid_until) {
    return refused("it has expired: it was valid until " + claims.valid_until);
  }
  return {};
}

Result<void> good_signer(const Signer& signer) {
  constexpr std::size_t kLongest = 200;
  if (signer.kind == SignerKind::third_party && signer.name.empty()) {
    return refused("it is signed by a third party that does not say its name");
  }
  if (!signer.name.empty() && is_blank(signer.name)) {
    return refused("the name of the signer is blank");
  }
  if (signer.name.size() > kLongest) {
    return refused("the name of the signer is longer than " + std::to_string(kLongest) + " bytes");
  }
  if (reports::readable_line(signer.name) != signer.name) {
    return refused("the name of the signer cannot be shown as it is: " + signer.name);
  }
  return {};
}

Result<Run> run_in(std::string_view record) {
  Result<Run> run = reports::read_run(record);
  if (!run) return refused("the record", run.error());
  return run;
}

// The bytes are not those that were signed; where they can be read, that may say why.
Error another_record(const Claims& claims, const std::string& digest, const Result<Run>& run) {
  if (run) {
    const std::string is = run.value().description.provider + " " + run.value().description.version;
    const std::string was = claims.provider.name + " " + claims.provider.version;
    if (is != was)
      return refused("the record is about " + is + ", and the certificate about " + was);
  }
  return refused("the record is another one, or was changed: the certificate is about " +
                 claims.record + ", and this is " + digest);
}

// The record amounts to what the statement says.
Result<Judgement> judged(const Statement& statement, std::string_view record,
                         const RequirementSet& set) {
  const Claims& claims = statement.predicate.ackproof;
  const std::string digest = sha256(record);
  const Result<Run> run = run_in(record);
  if (claims.record != digest) return another_record(claims, digest, run);
  if (!run) return run.error();
  const Terms terms{claims.issued_at, claims.valid_until, claims.signer};
  const Statement found = make_statement(run.value(), digest, claims.suite.requirement_set, terms);
  const std::string difference = first_difference(statement, found);
  if (!difference.empty()) return refused("it does not say what the record says: " + difference);
  if (claims.suite.requirement_set != set.digest) {
    return refused("this program cannot know whether the record is complete: the requirement set " +
                   claims.suite.requirement_set + " of ackproof " + claims.suite.version +
                   " is not its own, " + set.digest);
  }
  Result<Judgement> judgement = examine(run.value(), set);
  if (!judgement) return refused("the record does not certify", judgement.error());
  return judgement;
}

}  // namespace

Result<Verified> verify(const Evidence& evidence, const RequirementSet& set) {
  const Result<PublicKey> key = PublicKey::read(evidence.key);
  if (!key) return refused("the key", key.error());
  const Result<std::vector<Revocation>> list = revocations_in(evidence);
  if (!list) return list.error();
  const Result<std::string> payload = signed_payload(evidence.certificate, key.value());
  if (!payload) return payload.error();
  const std::string id = sha256(payload.value());
  Result<Statement> statement = read_statement(payload.value());
  if (!statement) return refused("the statement", statement.error());
  const Claims& claims = statement.value().predicate.ackproof;
  if (claims.signer.key_id != key.value().id()) {
    return refused("it says that the key " + claims.signer.key_id + " signs, but " +
                   key.value().id() + " did");
  }
  const Result<void> revoked = not_revoked(list.value(), statement.value(), key.value(), id);
  if (!revoked) return revoked.error();
  if (const Result<void> good = good_signer(claims.signer); !good) return good.error();
  if (const Result<void> good = in_time(claims, write_utc(evidence.at)); !good) return good.error();
  Result<Judgement> judgement = judged(statement.value(), evidence.record, set);
  if (!judgement) return judgement.error();
  Verified verified{id, std::move(statement).value(), std::move(judgement).value(), evidence.at,
                    std::nullopt};
  if (evidence.revocations) verified.revocations = list.value().size();
  return verified;
}

Result<std::string> issue(std::string_view record, const SigningKey& key, Terms terms,
                          const RequirementSet& set) {
  const Result<Run> run = run_in(record);
  if (!run) return run.error();
  if (const Result<Judgement> judgement = examine(run.value(), set); !judgement) {
    return refused("the record does not certify", judgement.error());
  }
  if (run.value().suite.binary_digest.empty()) {
    return refused("the record does not say which program judged");
  }
  if (const Result<void> good = good_signer(terms.signer); !good) return good.error();
  const PublicKey public_key = key.public_key();
  terms.signer.key_id = public_key.id();
  Envelope envelope;
  envelope.payload_type = kPayloadType;
  envelope.payload =
      write_statement(make_statement(run.value(), sha256(record), set.digest, terms));
  envelope.signatures = {{public_key.id(), key.sign(pre_authentication_encoding(
                                               envelope.payload_type, envelope.payload))}};
  std::string certificate = write_envelope(envelope);
  // Nothing leaves that the other side would refuse.
  const std::string pem = public_key.pem();
  const auto issued = read_utc(terms.issued_at);
  if (!issued) return refused("its time of issue is no time: " + terms.issued_at);
  const Result<Verified> verified = verify({certificate, record, pem, std::nullopt, *issued}, set);
  if (!verified) return verified.error();
  return certificate;
}

}  // namespace ackproof::certificates
