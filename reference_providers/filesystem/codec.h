// Effects as bytes, and back.
//
// An effect is a tag and its fields in their order: numbers in groups of seven bits, lengths before
// texts. Payloads stand apart from the rest, which is called the keys: in it each payload is an
// offset and a size. A version that adds a tag or changes the fields of one raises the number in the
// journal's header.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "reference_providers/filesystem/payloads.h"
#include "reference_providers/memory/effects.h"

namespace ackproof::filesystem {

using memory::Effect;

// Effects that are to be written together.
struct Encoded {
  std::string payloads;
  std::string keys;
  bool empty() const { return keys.empty(); }
};

// Makes the stored form of what an item has as its payload.
using StoredForm = std::function<std::string(const Bytes& payload)>;

// Appends the effect to `out`, whose payloads will begin at `base` in the file, and puts their
// places into the effect. What is thrown leaves `out` as it was.
void encode(Effect& effect, Encoded& out, std::uint64_t base, const StoredForm& stored_form);

// Calls `sink` with each effect of the keys, places in it. Refused as `corrupt` if they are not
// what `encode` makes.
void decode(std::string_view keys, std::uint64_t base, std::uint64_t payload_bytes,
            const std::function<void(Effect)>& sink);

}  // namespace ackproof::filesystem
