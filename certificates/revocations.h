// A list of what is no longer believed, kept by whoever verifies. Plain text:
//
//   ackproof-revocations 1
//   key          sha256:…  stolen on 2026-11-02
//   certificate  sha256:…  of the wrong build
//   suite        1.0.0     asked LOCK_2 of nobody
//   end
//
// The last line shows that none is missing. Nobody signs the list: get it from whom you trust.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"

namespace ackproof::certificates {

struct Revocation {
  enum class Kind { key, certificate, suite };
  Kind kind = Kind::key;
  std::string what;    // A key id, a certificate's id, or a version of ackproof.
  std::string reason;  // For people.
};

// `invalid` with the line and what is wrong there: a list that is not understood revokes nothing.
Result<std::vector<Revocation>> read_revocations(std::string_view text);

// The entry about this, or null.
const Revocation* find_revocation(const std::vector<Revocation>& list, Revocation::Kind kind,
                                  std::string_view what);

}  // namespace ackproof::certificates
