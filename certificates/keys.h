// Ed25519 keys: one signs, the other one checks. OpenSSL stays behind this header.
//
// A key's id is the SHA-256 of its public half as SubjectPublicKeyInfo (DER), "sha256:…". Values may
// be copied, and used by several threads at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "contract/result.h"

struct evp_pkey_st;

namespace ackproof::certificates {

// A text that is wiped from memory when it goes.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(Secret&&) = default;
  Secret& operator=(Secret&&) = delete;
  ~Secret();
  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

class PublicKey {
 public:
  // From a PEM text. `invalid`: it is none, or its key is of another kind.
  static Result<PublicKey> read(std::string_view pem);

  const std::string& id() const { return id_; }
  std::string pem() const;

  // Whether `signature` was made of exactly this message with the other half.
  bool fits(std::string_view signature, std::string_view message) const;

 private:
  friend class SigningKey;
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  std::string id_;
};

class SigningKey {
 public:
  // A new one, of the system's randomness.
  static SigningKey generate();

  // From a PEM text (PKCS#8, not encrypted). `invalid`: it is none, or its key is of another kind.
  static Result<SigningKey> read(const Secret& pem);

  Secret pem() const;
  PublicKey public_key() const { return PublicKey(key_); }

  // 64 bytes, always the same for the same message.
  std::string sign(std::string_view message) const;

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace ackproof::certificates
