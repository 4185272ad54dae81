// The stored form of a payload: a format byte, the length as eight bytes (big-endian), the payload.
//
// A payload alone could be anything. With these nine bytes the provider notices a body that was cut
// or overwritten, or that a later version wrote, and reports it (TURN_10, WORK_8, HIST_2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "contract/types.h"

namespace ackproof::postgres {

std::string encode(const Bytes& payload);

struct Decoded {
  Bytes payload;
  std::optional<std::string> error;  // What does not parse; the payload is empty then.
};

Decoded decode(std::string_view body);

}  // namespace ackproof::postgres
