#include "certificates/keys.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <optional>
#include <stdexcept>

#include "certificates/digest.h"

namespace ackproof::certificates {

namespace {

using Key = std::shared_ptr<evp_pkey_st>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// What no input can bring about.
void demand(bool holds) {
  if (!holds) throw std::runtime_error("OpenSSL failed");
}

Key owned(EVP_PKEY* key) {
  ERR_clear_error();  // Of what is no key; nobody else asks for it.
  return key == nullptr ? Key() : Key(key, &EVP_PKEY_free);
}

Bio reader(std::string_view text) {
  const char* bytes = text.empty() ? "" : text.data();  // An empty view may point nowhere.
  Bio bio(BIO_new_mem_buf(bytes, static_cast<int>(text.size())), &BIO_free);
  demand(bio != nullptr);
  return bio;
}

std::string taken_from(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  demand(size > 0);
  return {bytes, static_cast<std::size_t>(size)};
}

// The library would ask the terminal for a password.
int no_password(char*, int, int, void*) { return -1; }

bool says(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

Error useless(const std::string& why) { return {ErrorKind::invalid, "read_key", why}; }

// Why this key is of no use; nothing when it is of use.
std::optional<Error> other_kind(const Key& key) {
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519) return std::nullopt;
  const char* kind = EVP_PKEY_get0_type_name(key.get());
  return useless("it holds a key for " + std::string(kind == nullptr ? "something else" : kind) +
                 ", and certificates are signed with Ed25519");
}

std::string id_of(const Key& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  demand(size > 0);
  const std::string id =
      sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return id;
}

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Secret::~Secret() { OPENSSL_cleanse(text_.data(), text_.size()); }

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)), id_(id_of(key_)) {}

Result<PublicKey> PublicKey::read(std::string_view pem) {
  if (says(pem, "PRIVATE KEY-----")) {
    return useless("it holds a secret key; the public one of the pair is asked for here");
  }
  const Bio bio = reader(pem);
  const Key key = owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_password, nullptr));
  if (!key) return useless("it holds no public key in PEM form");
  if (const std::optional<Error> other = other_kind(key)) return *other;
  return PublicKey(key);
}

std::string PublicKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  demand(bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return taken_from(bio);
}

bool PublicKey::fits(std::string_view signature, std::string_view message) const {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  demand(context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  const int verdict = EVP_DigestVerify(context.get(), octets(signature), signature.size(),
                                       octets(message), message.size());
  ERR_clear_error();
  return verdict == 1;
}

SigningKey SigningKey::generate() {
  const Key key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  demand(key != nullptr);
  return SigningKey(key);
}

Result<SigningKey> SigningKey::read(const Secret& pem) {
  if (says(pem.text(), "-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
    return useless("its key is encrypted, and no password is asked for here");
  }
  if (says(pem.text(), "-----BEGIN PUBLIC KEY-----")) {
    return useless("it holds a public key; the secret one of the pair is asked for here");
  }
  const Bio bio = reader(pem.text());
  const Key key = owned(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr));
  if (!key) return useless("it holds no secret key in PEM form");
  if (const std::optional<Error> other = other_kind(key)) return *other;
  return SigningKey(key);
}

Secret SigningKey::pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()), &BIO_free);
  demand(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0,
                                                         nullptr, nullptr) == 1);
  return Secret(taken_from(bio));
}

std::string SigningKey::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  demand(context != nullptr &&
         EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  demand(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                        octets(message), message.size()) == 1 &&
         size == signature.size());
  return signature;
}

}  // namespace ackproof::certificates
