// A DSSE envelope, version 1: bytes, what they are, and signatures over both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"

namespace ackproof::certificates {

struct Signature {
  std::string key_id;  // A hint, itself not signed; may be empty.
  std::string bytes;
  bool operator==(const Signature&) const = default;
};

struct Envelope {
  std::string payload_type;
  std::string payload;
  std::vector<Signature> signatures;
  bool operator==(const Envelope&) const = default;
};

// What is signed: DSSE's pre-authentication encoding of type and payload.
std::string pre_authentication_encoding(std::string_view type, std::string_view payload);

// As JSON (ends in a newline). The texts have to be UTF-8, payload and signatures may be any bytes.
std::string write_envelope(const Envelope& envelope);

// The envelope in `json`. `invalid` with the place and what is wrong there. As DSSE has it, either
// alphabet of base64 will do, a key id may be absent, and unknown fields are ignored: nothing signs
// them, and nothing here believes them.
Result<Envelope> read_envelope(std::string_view json);

}  // namespace ackproof::certificates
