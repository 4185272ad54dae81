// How they are made, and what is wrong with files or with what was signed.
#include "tests/certificates/wrong.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "certificates/digest.h"
#include "harness/records/requirement_set.h"
#include "reports/run_json.h"
#include "tests/reports/sample_run.h"

namespace ackproof::certificates {

namespace {

namespace fs = std::filesystem;

// A record as a small provider gets it: everything that core asks, what needs durability left out.
Record whole_record() {
  Record run = reports::certified_run();
  run.provider = "mystore";
  run.description = {"mystore", "1.0.0", "vectors in memory", {}};
  run.description.capabilities.facets = {Capability::queues};
  run.clauses.clear();
  run.verdicts.clear();
  const Required required = requirement_set().of(run.selection, run.description);
  run.clauses = required.clauses;
  for (const RequiredVerdict& each : required.verdicts) {
    const bool is_asked = each.not_applicable.empty();
    run.verdicts.push_back(reports::verdict(each.validation, each.requirement,
                                            is_asked ? Outcome::passed : Outcome::not_applicable,
                                            each.not_applicable));
    run.verdicts.back().level = each.level;
  }
  return run;
}

template <class T, class Change>
void apply(const Change& change, T& to) {
  if (change) change(to);
}

// A text file, or something else, in place of a file.
std::function<void(const std::string&)> instead_of(const std::string& name,
                                                   std::function<void(const fs::path&)> make) {
  return [name, make = std::move(make)](const std::string& folder) {
    fs::remove(folder + "/" + name);
    make(fs::path(folder) / name);
  };
}

std::function<void(Files&)> revoking(const std::string& line) {
  return [line](Files& files) { files.revoked = "ackproof-revocations 1\n" + line + "\nend\n"; };
}

}  // namespace

void replace(std::string& text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
}

Files made_by(const Wrong& wrong) {
  const SigningKey key = known_key();
  Record run = whole_record();
  apply(wrong.in_record, run);
  Files files;
  files.record = reports::write_run(run);
  Statement statement =
      make_statement(run, sha256(files.record), requirement_set().digest, sample_terms());
  apply(wrong.in_statement, statement);
  Envelope envelope;
  envelope.payload_type = kPayloadType;
  envelope.payload = write_statement(statement);
  apply(wrong.in_payload, envelope.payload);
  const std::string signed_bytes =
      pre_authentication_encoding(envelope.payload_type, envelope.payload);
  envelope.signatures = {{key.public_key().id(), key.sign(signed_bytes)}};
  apply(wrong.in_envelope, envelope);
  files.certificate = write_envelope(envelope);
  files.key = key.public_key().pem();
  files.revoked = "ackproof-revocations 1\nend\n";
  apply(wrong.in_files, files);
  return files;
}

std::vector<Wrong> changed_afterwards() {
  return {
      {.name = "flipped byte in the record",
       .says = "the record is another one, or was changed",
       .in_files = [](Files& files) { replace(files.record, "\"seed\": 42", "\"seed\": 43"); }},
      {.name = "flipped byte in the payload",
       .says = "the signature is wrong",
       .in_envelope = [](Envelope& envelope) { envelope.payload[100] ^= 1; }},
      {.name = "signature without bytes, key id of nobody",
       .says = "it was signed with the key nobody",
       .in_envelope =
           [](Envelope& envelope) {
             envelope.signatures = {{"nobody", ""}};
           }},
      {.name = "two signatures of which one is wrong",
       .says = "it has 2 signatures",
       .in_envelope =
           [](Envelope& envelope) {
             envelope.signatures.push_back(envelope.signatures[0]);
             envelope.signatures[1].bytes[0] ^= 1;
           }},
      {.name = "no signature",
       .says = "nobody has signed it",
       .in_envelope = [](Envelope& envelope) { envelope.signatures.clear(); }},
      {.name = "wrong payload type",
       .says = "its payload is of the type application/json",
       .in_envelope = [](Envelope& envelope) { envelope.payload_type = "application/json"; }},
      {.name = "payload that is not base64",
       .says = "the envelope: payload: this is not base64",
       .in_files =
           [](Files& files) { replace(files.certificate, "\"payload\": \"", "\"payload\": \"!"); }},
      {.name = "signature that is not base64",
       .says = "the envelope: signatures[0].sig: this is not base64",
       .in_files = [](Files& files) { replace(files.certificate, "\"sig\": \"", "\"sig\": \"!"); }},
      {.name = "empty certificate",
       .says = "the envelope: it is empty",
       .in_files = [](Files& files) { files.certificate.clear(); }},
      {.name = "truncated certificate",
       .says = "missing closing quote",
       .in_files = [](Files& files) { files.certificate.resize(files.certificate.size() / 2); }},
      {.name = "certificate with a byte order mark",
       .says = "the envelope: it begins with a byte order mark",
       .in_files = [](Files& files) { files.certificate.insert(0, "\xEF\xBB\xBF"); }},
      {.name = "certificate with NUL bytes behind it",
       .says = "is a NUL",
       .in_files = [](Files& files) { files.certificate += std::string("\0{}", 3); }},
      {.name = "certificate that says its payload twice",
       .says = "the key \"payload\" is repeated",
       .in_files = [](Files& files) { replace(files.certificate, "{", "{\"payload\": \"\","); }},
      {.name = "certificate that is nested deep",
       .says = "the envelope: it is nested more than 64 levels deep",
       .in_files = [](Files& files) { files.certificate = std::string(100'000, '['); }},
      {.name = "huge number",
       .says = "number overflow",
       .in_files = [](Files& files) { replace(files.certificate, "{", "{\"n\": 1e999,"); }},
      {.name = "a list instead of an envelope",
       .says = "the envelope: an object is expected",
       .in_files = [](Files& files) { files.certificate = "[]"; }},
      {.name = "text that is not UTF-8",
       .says = "ill-formed UTF-8 byte",
       .in_files = [](Files& files) { replace(files.certificate, "\"payload", "\"\xff"); }},
      {.name = "record of another provider",
       .says = "the record is about otherstore 1.0.0, and the certificate about mystore 1.0.0",
       .in_files =
           [](Files& files) {
             Record other = whole_record();
             other.description.provider = "otherstore";
             files.record = reports::write_run(other);
           }},
      {.name = "foreign key",
       .says = "and the key given is sha256:",
       .in_files = [](Files& files) { files.key = other_key().public_key().pem(); }},
      {.name = "the secret key",
       .says = "the key: it holds a secret key",
       .in_files = [](Files& files) { files.key = known_key().pem().text(); }},
      {.name = "key of another kind",
       .says = "the key: it holds a key for EC",
       .in_files =
           [](Files& files) {
             files.key =
                 "-----BEGIN PUBLIC KEY-----\n"
                 "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPa96TwlUrf1Hf2DJO19SIFZ/lbZk\n"
                 "AKVZD+bZg3BiKLJdyM/37srgMzKnf+wtmfRoGMmF1DIPkOC9tQmNGYAEew==\n"
                 "-----END PUBLIC KEY-----\n";
           }},
      {.name = "no key",
       .says = "the key: it holds no public key in PEM form",
       .in_files = [](Files& files) { files.key.clear(); }},
  };
}

std::vector<Wrong> revoked() {
  const std::string key = known_key().public_key().id();
  return {
      {.name = "revoked key",
       .says = "its key is revoked: stolen",
       .in_files = revoking("key " + key + " stolen")},
      {.name = "revoked suite",
       .says = "ackproof 1.0.0 is revoked: asked LOCK_2 of nobody",
       .in_files = revoking("suite 1.0.0 asked LOCK_2 of nobody")},
      {.name = "revoked certificate",
       .says = "this certificate is revoked: of the wrong build",
       .in_files =
           [](Files& files) {
             const std::string payload = read_envelope(files.certificate).value().payload;
             revoking("certificate " + sha256(payload) + " of the wrong build")(files);
           }},
      {.name = "list that was cut off",
       .says = "the revocation list: line 2 is missing",
       .in_files = [](Files& files) { files.revoked = "ackproof-revocations 1\n"; }},
      {.name = "list that is none",
       .says = "the revocation list: line 1 is not: ackproof-revocations 1",
       .in_files = [](Files& files) { files.revoked = files.record; }},
      {.name = "line that is not understood",
       .says = "the revocation list: line 2 is about neither",
       .in_files = revoking("provider mystore is too slow")},
  };
}

std::vector<Wrong> unreadable() {
  const auto link_to = [](const char* target) {
    return [target](const fs::path& file) { fs::create_symlink(target, file); };
  };
  return {
      {.name = "no certificate",
       .says = "cannot read certificate.json: No such file or directory",
       .exit_code = 2,
       .on_disk = instead_of("certificate.json", [](const fs::path&) {})},
      {.name = "folder instead of the record",
       .says = "cannot read run.json: it is no regular file",
       .exit_code = 2,
       .on_disk = instead_of("run.json", [](const fs::path& file) { fs::create_directory(file); })},
      {.name = "pipe instead of the key",
       .says = "cannot read ann.pub: it is no regular file",
       .exit_code = 2,
       .on_disk = instead_of("ann.pub", [](const fs::path& file) { mkfifo(file.c_str(), 0600); })},
      {.name = "device instead of the certificate",
       .says = "cannot read certificate.json: it is no regular file",
       .exit_code = 2,
       .on_disk = instead_of("certificate.json", link_to("/dev/zero"))},
      {.name = "link that leads round in circles",
       .says = "cannot read ann.pub: Too many levels of symbolic links",
       .exit_code = 2,
       .on_disk = instead_of("ann.pub", link_to("ann.pub"))},
      {.name = "link that leads nowhere",
       .says = "cannot read revoked: No such file or directory",
       .exit_code = 2,
       .on_disk = instead_of("revoked", link_to("nowhere"))},
      {.name = "large certificate",
       .says = "cannot read certificate.json: it has more than 2097152 bytes",
       .exit_code = 2,
       .in_files = [](Files& files) { files.certificate.resize(3U << 20U, ' '); }},
      {.name = "no time",
       .says = "--at yesterday is no time like",
       .exit_code = 2,
       .arguments = "--at yesterday"},
      {.name = "unknown option", .says = "--trust-me", .exit_code = 2, .arguments = "--trust-me"},
  };
}

}  // namespace ackproof::certificates
