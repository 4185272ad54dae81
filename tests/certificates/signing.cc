#include "tests/certificates/signing.h"

#include "certificates/digest.h"
#include "certificates/envelope.h"
#include "certificates/utc.h"
#include "tests/reports/sample_run.h"

namespace ackproof::certificates {

SigningKey known_key() {
  return SigningKey::read(
             Secret("-----BEGIN PRIVATE KEY-----\n"
                    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                    "-----END PRIVATE KEY-----\n"))
      .value();
}

SigningKey other_key() {
  static const SigningKey kKey = SigningKey::generate();
  return kKey;
}

RequirementSet small_set() {
  const auto ask = [](const Selection& selection, const Description&) {
    Required required;
    const Record run = reports::certified_run(selection.level);
    required.clauses = run.clauses;
    for (const Verdict& verdict : run.verdicts) {
      required.verdicts.push_back({verdict.validation, verdict.requirement, verdict.level, "", ""});
    }
    return required;
  };
  return {"1", sha256("a small set"), ask};
}

Terms sample_terms() {
  return {"2026-05-04T12:00:00Z",
          "2027-05-04T12:00:00Z",
          {SignerKind::self_certified, "Ann Example", known_key().public_key().id()}};
}

std::chrono::sys_seconds sample_time() { return *read_utc("2026-06-01T00:00:00Z"); }

std::string signed_with(const SigningKey& key, const std::string& statement) {
  const std::string type(kPayloadType);
  return write_envelope(
      {type,
       statement,
       {{key.public_key().id(), key.sign(pre_authentication_encoding(type, statement))}}});
}

}  // namespace ackproof::certificates
