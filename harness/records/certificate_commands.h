// The commands `keygen`, `attest` and `verify`: keys, certificates, and whether to believe one.
#pragma once

#include <filesystem>
#include <string>

namespace ackproof {

struct KeygenCommand {
  std::filesystem::path out;  // NAME of NAME.key and NAME.pub.
};

struct AttestCommand {
  std::filesystem::path record;
  std::filesystem::path key;  // The secret one.
  std::filesystem::path out = "certificate.json";
  std::string signer;
  bool third_party = false;
  unsigned valid_days = 365;
};

struct VerifyCommand {
  std::filesystem::path certificate;
  std::filesystem::path record;
  std::filesystem::path key;      // The public one.
  std::filesystem::path revoked;  // Empty: no list.
  std::string at;                 // "2026-05-04T10:00:00Z" or "2026-05-04"; empty: now.
};

// Each prints what it did and returns the exit code: 0, 2 for what cannot be read or written, or 7
// when a certificate is not issued, or not believed.
int keygen(const KeygenCommand& command);
int attest(const AttestCommand& command);
int verify(const VerifyCommand& command);

}  // namespace ackproof
