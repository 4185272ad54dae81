// Digests, times, keys, envelopes and revocation lists, each by itself.
#include <gtest/gtest.h>

#include <cctype>

#include "certificates/digest.h"
#include "certificates/envelope.h"
#include "certificates/keys.h"
#include "certificates/revocations.h"
#include "certificates/utc.h"
#include "tests/certificates/signing.h"
#include "tests/support/command.h"

namespace ackproof::certificates {
namespace {

using testing_support::fresh_folder;
using testing_support::run_command;

TEST(Digest, is_what_others_compute) {
  const std::string of_abc =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256("abc"), of_abc);
  EXPECT_EQ(sha256(""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_of(of_abc), of_abc.substr(7));
  EXPECT_EQ(hex_of(""), "");
}

TEST(Digest, of_a_file_is_that_of_its_bytes) {
  const std::string file = fresh_folder() + "/three megabytes";
  ASSERT_EQ(run_command("head -c 3000000 /dev/zero > '" + file + "'").exit_code, 0);

  EXPECT_EQ(sha256_of_file(file), sha256(std::string(3'000'000, '\0')));
  EXPECT_EQ(sha256_of_file(file + " that is not there"), "");
}

TEST(Digest, has_one_form) {
  const std::string good = sha256("");
  EXPECT_TRUE(is_digest(good));
  EXPECT_FALSE(is_digest(""));
  EXPECT_FALSE(is_digest(good.substr(0, good.size() - 1)));
  EXPECT_FALSE(is_digest(good + "0"));
  EXPECT_FALSE(is_digest("SHA256:" + good.substr(7)));
  EXPECT_FALSE(is_digest("sha256:" + std::string(64, 'A')));
}

TEST(Utc, reads_what_it_writes) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2026-05-04T23:59:59Z", "2024-02-29T12:00:00Z",
                           "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    ASSERT_TRUE(read_utc(text)) << text;
    EXPECT_EQ(write_utc(*read_utc(text)), text);
  }
  EXPECT_EQ(read_utc("1970-01-02T00:00:01Z")->time_since_epoch().count(), 86'401);
}

TEST(Utc, takes_nothing_else_for_a_time) {
  for (const char* text :
       {"", "2026-05-04", "2026-05-04T10:00:00", "2026-05-04T10:00:00z", "2026-05-04 10:00:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-05-04T24:00:00Z", "2026-05-04T10:60:00Z", "2026-05-04T10:00:60Z",
        "2026-05-04T10:00:00+00:00", "2026-05-04T10:00:00.0Z", "+026-05-04T10:00:00Z"}) {
    EXPECT_FALSE(read_utc(text)) << text;
  }
}

TEST(Keys, id_is_the_digest_of_the_public_key_info) {
  // openssl pkey -in a.key -pubout -outform DER | sha256sum
  EXPECT_EQ(known_key().public_key().id(),
            "sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9");
  EXPECT_EQ(known_key().public_key().pem(),
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
            "-----END PUBLIC KEY-----\n");
}

TEST(Keys, a_signature_fits_its_message_and_its_key_only) {
  const SigningKey key = SigningKey::generate();
  const PublicKey public_key = PublicKey::read(key.public_key().pem()).value();
  const std::string signature = key.sign("message");

  EXPECT_TRUE(public_key.fits(signature, "message"));
  EXPECT_EQ(SigningKey::read(key.pem()).value().sign("message"), signature);
  EXPECT_FALSE(public_key.fits(signature, "Message"));
  EXPECT_FALSE(other_key().public_key().fits(signature, "message"));
  EXPECT_FALSE(public_key.fits("", "message"));
  EXPECT_FALSE(public_key.fits(signature + "0", "message"));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(public_key.fits(changed, "message")) << i;
  }
}

TEST(Keys, generated_ones_differ) {
  EXPECT_NE(SigningKey::generate().public_key().id(), SigningKey::generate().public_key().id());
}

// The other end of the command line's own tool.
std::string made_by_openssl(const std::string& options) {
  const testing_support::CommandEnd end = run_command("openssl genpkey " + options);
  return end.exit_code == 0 ? end.out : "";
}

TEST(Keys, what_is_no_such_key_is_told_by_what_it_is) {
  const auto as_public = [](const std::string& pem) {
    const Result<PublicKey> key = PublicKey::read(pem);
    return key ? "accepted" : key.error().message;
  };
  const auto as_secret = [](const std::string& pem) {
    const Result<SigningKey> key = SigningKey::read(Secret(pem));
    return key ? "accepted" : key.error().message;
  };
  const SigningKey key = known_key();
  const std::string secret(key.pem().text());
  EXPECT_TRUE(secret.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(as_secret(secret), "accepted");
  EXPECT_EQ(as_public(secret),
            "it holds a secret key; the public one of the pair is asked for here");
  EXPECT_EQ(as_secret(key.public_key().pem()),
            "it holds a public key; the secret one of the pair is asked for here");
  for (const std::string& nothing : {std::string(), std::string("hello"), std::string(1, '\0'),
                                     std::string("-----BEGIN PUBLIC KEY-----\n!!\n")}) {
    EXPECT_EQ(as_public(nothing), "it holds no public key in PEM form");
  }
  EXPECT_EQ(as_secret(""), "it holds no secret key in PEM form");
}

TEST(Keys, keys_of_other_kinds_and_encrypted_ones_are_refused) {
  const auto why = [](const std::string& pem) {
    const Result<SigningKey> key = SigningKey::read(Secret(pem));
    return key ? "accepted" : key.error().message;
  };
  if (made_by_openssl("-algorithm ed25519").empty()) GTEST_SKIP() << "openssl is not installed";
  EXPECT_EQ(why(made_by_openssl("-algorithm ed25519")), "accepted");
  EXPECT_EQ(why(made_by_openssl("-algorithm EC -pkeyopt ec_paramgen_curve:P-256")),
            "it holds a key for EC, and certificates are signed with Ed25519");
  EXPECT_EQ(why(made_by_openssl("-algorithm ed448")),
            "it holds a key for ED448, and certificates are signed with Ed25519");
  EXPECT_EQ(why(made_by_openssl("-algorithm ed25519 -aes256 -pass pass:geheim")),
            "its key is encrypted, and no password is asked for here");
}

TEST(Envelope, encodes_what_is_signed_as_dsse_says) {
  EXPECT_EQ(pre_authentication_encoding("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(pre_authentication_encoding("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(pre_authentication_encoding("ä", std::string("\0\xff", 2)),
            std::string("DSSEv1 2 ä 2 \0\xff", 16));
}

// Signed by: openssl pkeyutl -sign -rawin -in pae -inkey a.key
TEST(Envelope, is_signed_as_others_sign) {
  EXPECT_EQ(signed_with(known_key(), R"({"_type":"https://in-toto.io/Statement/v1"})"),
            "{\n"
            "  \"payloadType\": \"application/vnd.in-toto+json\",\n"
            "  \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
            "  \"signatures\": [\n"
            "    {\n"
            "      \"keyid\": "
            "\"sha256:06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9\",\n"
            "      \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+"
            "AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==\"\n"
            "    }\n"
            "  ]\n"
            "}\n");
}

TEST(Envelope, reads_what_it_writes) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const Envelope envelope{"a type", every_byte, {{"an id", every_byte}, {"", "x"}}};

  EXPECT_EQ(read_envelope(write_envelope(envelope)).value(), envelope);
  EXPECT_EQ(read_envelope(write_envelope({})).value(), Envelope());
}

TEST(Envelope, takes_either_alphabet_and_ignores_what_is_not_signed) {
  const Envelope expected{"t", "\xfb\xff\xbf?", {{"", "\xff\xef"}}};
  const Result<Envelope> url_safe = read_envelope(
      R"({"payload":"-_-_Pw==","payloadType":"t","more":{},"signatures":[{"sig":"_-8=","cert":1}]})");
  const Result<Envelope> standard =
      read_envelope(R"({"payload":"+/+/Pw==","payloadType":"t","signatures":[{"sig":"/+8="}]})");

  ASSERT_TRUE(url_safe) << url_safe.error().message;
  ASSERT_TRUE(standard) << standard.error().message;
  EXPECT_EQ(url_safe.value(), expected);
  EXPECT_EQ(standard.value(), expected);
}

TEST(Envelope, names_what_is_wrong) {
  const auto why = [](const std::string& json) {
    const Result<Envelope> envelope = read_envelope(json);
    return envelope ? "accepted" : envelope.error().message;
  };
  EXPECT_EQ(why("[]"), "the document: an object is expected");
  EXPECT_EQ(why("{}"), "payloadType: missing");
  EXPECT_EQ(why(R"({"payloadType":1})"), "payloadType: a string is expected");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"a"})"), "payload: this is not base64");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"-_+/Pw=="})"), "payload: this is not base64");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"aGVsbG8"})"), "payload: this is not base64");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"aGVsbG9="})"), "payload: this is not base64");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":""})"), "signatures: missing");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"","signatures":{}})"),
            "signatures: a list is expected");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"","signatures":[1]})"),
            "signatures[0]: an object is expected");
  EXPECT_EQ(why(R"({"payloadType":"t","payload":"","signatures":[{"keyid":"a"}]})"),
            "signatures[0].sig: missing");
}

TEST(Revocations, name_keys_certificates_and_suites) {
  const std::string id = sha256("a key");
  const auto list = read_revocations("ackproof-revocations 1\r\nkey " + id +
                                     "   stolen, twice  \nsuite 1.0.0 too kind\nend\n");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list.value().size(), 2U);
  const Revocation* found = find_revocation(list.value(), Revocation::Kind::key, id);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->reason, "stolen, twice  ");
  EXPECT_EQ(find_revocation(list.value(), Revocation::Kind::certificate, id), nullptr);
  EXPECT_NE(find_revocation(list.value(), Revocation::Kind::suite, "1.0.0"), nullptr);
  EXPECT_TRUE(read_revocations("ackproof-revocations 1\nend").value().empty());
}

TEST(Revocations, a_list_that_is_not_understood_is_refused) {
  const auto why = [](const std::string& text) {
    const Result<std::vector<Revocation>> list = read_revocations(text);
    return list ? "accepted" : list.error().message;
  };
  const std::string head = "ackproof-revocations 1\n";
  EXPECT_EQ(why(""), "line 1 is missing: the last one has to say end");
  EXPECT_EQ(why("key x y\nend\n"), "line 1 is not: ackproof-revocations 1");
  EXPECT_EQ(why(head), "line 2 is missing: the last one has to say end");
  EXPECT_EQ(why(head + "end\nsuite 1.0.0 x\n"), "line 3 stands behind the end");
  EXPECT_EQ(why(head + "\nend\n"), "line 2 is about neither a key, a certificate nor a suite");
  EXPECT_EQ(why(head + "keys x y\nend\n"),
            "line 2 is about neither a key, a certificate nor a suite");
  EXPECT_EQ(why(head + "key x y\nend\n"), "line 2 names no key by sha256: and 64 digits");
  EXPECT_EQ(why(head + "certificate\nend\n"),
            "line 2 names no certificate by sha256: and 64 digits");
  EXPECT_EQ(why(head + "suite one y\nend\n"), "line 2 names no version of a suite, like 1.0.0");
  EXPECT_EQ(why(head + "suite\nend\n"), "line 2 names no version of a suite, like 1.0.0");
  for (const char* half : {"1", "1.0", "1.0.", ".0.0", "1..0", "1.0.0.0", "01.0.0", "1.0.00", "..",
                           "v1.0.0", "1.0.0-rc"}) {
    EXPECT_EQ(why(head + "suite 1.0.0 x\nsuite " + half + " it matches nothing\nend\n"),
              "line 3 names no version of a suite, like 1.0.0")
        << half;
  }
  const std::string id = sha256("a key");
  std::string shouted = id;
  for (char& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const std::string& half : {id.substr(0, id.size() - 1), id + "0", id.substr(7), shouted}) {
    EXPECT_EQ(why(head + "key " + half + " it matches nothing\nend\n"),
              "line 2 names no key by sha256: and 64 digits")
        << half;
  }
  EXPECT_EQ(why(head + "suite 1.0.0 \nend\n"), "line 2 gives no reason");
}

}  // namespace
}  // namespace ackproof::certificates
