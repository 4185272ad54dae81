#include "harness/records/certificate_commands.h"

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <optional>

#include "certificates/certificate.h"
#include "certificates/utc.h"
#include "harness/cli/cli.h"
#include "harness/files.h"
#include "harness/records/records.h"
#include "harness/records/requirement_set.h"

namespace ackproof {

namespace {

using certificates::PublicKey;
using certificates::Secret;
using certificates::SigningKey;
using std::chrono::sys_seconds;

// More than any certificate, record and list of ours; what is larger is something else.
constexpr std::size_t kMost = std::size_t{2} << 20U;
constexpr std::size_t kMostOfRecord = std::size_t{256} << 20U;
constexpr std::size_t kMostOfKey = std::size_t{16} << 10U;

constexpr unsigned kSecretMode = 0600;
constexpr unsigned kPublicMode = 0644;

sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// A point in time, or a day, which begins at midnight.
std::optional<sys_seconds> time_from(const std::string& text) {
  if (text.empty()) return now();
  const auto day = certificates::read_utc(text + "T00:00:00Z");
  return day ? day : certificates::read_utc(text);
}

std::filesystem::path with_ending(std::filesystem::path name, const char* ending) {
  name += ending;
  return name;
}

// Whether writing `file` would take this one's place.
bool is_the_same(const std::filesystem::path& file, const std::filesystem::path& other) {
  std::error_code none;
  return std::filesystem::equivalent(file, other, none);
}

// The public one of the pair, as `keygen` names it; where it is not beside the secret one, what it is called at all.
std::string public_file_of(const std::filesystem::path& secret) {
  std::filesystem::path file = secret;
  file.replace_extension(".pub");
  std::error_code none;
  const bool is_there = secret.extension() == ".key" && std::filesystem::exists(file, none);
  return is_there ? file.string() : "NAME.pub";
}

}  // namespace

int keygen(const KeygenCommand& command) {
  const std::filesystem::path public_file = with_ending(command.out, ".pub");
  const std::filesystem::path secret_file = with_ending(command.out, ".key");
  const SigningKey key = SigningKey::generate();
  const PublicKey public_key = key.public_key();
  const Result<void> is_public = write_new(public_file, public_key.pem(), kPublicMode);
  if (!is_public) return refuse(is_public.error().message, kUsage);
  const Secret secret = key.pem();
  const Result<void> is_secret = write_new(secret_file, secret.text(), kSecretMode);
  if (!is_secret) {
    unlink(public_file.c_str());
    return refuse(is_secret.error().message, kUsage);
  }
  std::cout << "secret key: " << secret_file.string() << ", which signs; show it to nobody\n"
            << "public key: " << public_file.string() << ", for those who verify\n"
            << "key id:     " << public_key.id() << "\n";
  return 0;
}

int attest(const AttestCommand& command) {
  if (is_the_same(command.out, command.key) || is_the_same(command.out, command.record)) {
    return refuse("--out " + command.out.string() + " is the key or the record itself", kUsage);
  }
  Result<std::string> pem = read_document(command.key, kMostOfKey);
  if (!pem) return refuse(pem.error().message, kUsage);
  const Secret secret(std::move(pem).value());
  const Result<std::string> record = read_document(command.record, kMostOfRecord);
  if (!record) {
    return refuse(record.error().message + records_instead_of(command.record), kUsage);
  }
  const Result<SigningKey> key = SigningKey::read(secret);
  if (!key) {
    return refuse(command.key.string() + " cannot sign: " + key.error().message, kRefused);
  }

  const sys_seconds issued = now();
  certificates::Terms terms;
  terms.issued_at = certificates::write_utc(issued);
  terms.valid_until = certificates::write_utc(issued + std::chrono::days(command.valid_days));
  terms.signer.name = command.signer;
  if (command.third_party) terms.signer.kind = certificates::SignerKind::third_party;
  const Result<std::string> certificate =
      certificates::issue(record.value(), key.value(), terms, requirement_set());
  if (!certificate) {
    return refuse(command.record.string() + " gets no certificate: " + certificate.error().message,
                  kRefused);
  }
  const Result<void> written = write_whole(command.out, certificate.value());
  if (!written) return refuse(written.error().message, kUsage);
  std::cout << command.out.string() << " is valid until " << terms.valid_until << "; signed with "
            << key.value().public_key().id() << ".\n"
            << "Others need it, " << command.record.string() << " and the public key:\n"
            << "  ackproof verify " << command.out.string() << " --record "
            << command.record.string() << " --key " << public_file_of(command.key) << "\n";
  return 0;
}

int verify(const VerifyCommand& command) {
  const std::optional<sys_seconds> at = time_from(command.at);
  if (!at) {
    return refuse("--at " + command.at + " is no time like 2026-05-04T10:00:00Z or 2026-05-04",
                  kUsage);
  }
  const Result<std::string> certificate = read_document(command.certificate, kMost);
  if (!certificate) return refuse(certificate.error().message, kUsage);
  const Result<std::string> record = read_document(command.record, kMostOfRecord);
  if (!record) return refuse(record.error().message, kUsage);
  const Result<std::string> key = read_document(command.key, kMostOfKey);
  if (!key) return refuse(key.error().message, kUsage);
  certificates::Evidence evidence{certificate.value(), record.value(), key.value(), {}, *at};
  std::optional<Result<std::string>> revoked;
  if (!command.revoked.empty()) {
    revoked = read_document(command.revoked, kMost);
    if (!*revoked) return refuse(revoked->error().message, kUsage);
    evidence.revocations = revoked->value();
  }
  const Result<certificates::Verified> verified = certificates::verify(evidence, requirement_set());
  if (!verified) {
    return refuse(command.certificate.string() + " is refused: " + verified.error().message,
                  kRefused);
  }
  std::cout << certificates::summary(verified.value());
  return 0;
}

}  // namespace ackproof
