// What a workflow's history says: entries, and how they are stored as the events of the contract.
//
// A history is a list of commands, what the program asked for, and of answers, what came to it. The program
// is a function of its answers: given them in the same order it gives the same commands. That is all that
// replay needs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/types.h"
#include "engine/failure.h"

namespace ackproof::engine {

enum class EntryKind : std::uint8_t {
  // The beginning: name, version, input, and what a parent needs to be told.
  started,
  // Commands.
  activity_scheduled,
  timer_created,
  event_awaited,
  message_awaited,
  child_scheduled,
  event_sent,  // To another instance; nothing answers it.
  value_set,   // Of the key-value state; nothing answers it.
  status_set,  // The custom status; nothing answers it.
  dropped,     // A loser of a select, named by `source`: it has no answer any more.
  // Answers.
  activity_completed,
  activity_failed,
  timer_fired,
  event_raised,
  message_queued,
  child_completed,
  child_failed,
  cancel_requested,
  // The end.
  completed,
  failed,
  continued,
};

std::string_view name(EntryKind kind);
bool is_command(EntryKind kind);
bool is_answer(EntryKind kind);
bool is_end(EntryKind kind);

struct Entry {
  std::uint64_t id = 0;
  EntryKind kind = EntryKind::started;
  std::optional<std::uint64_t> source;  // The command that it answers or drops.
  Time at;                              // The store's clock at the fetch of the turn that wrote it.
  Value data;                           // An object, whose members depend on the kind.
};

// How payloads are written. All are read: the first byte of an object tells which it is.
enum class Codec : std::uint8_t { json, cbor, message_pack };

Bytes encode(const Value& object, Codec codec);

// Throws Failed (corrupt) for what is no object in any of the codecs.
Value decode(const Bytes& payload);

Event to_event(const Entry& entry, Codec codec, const std::string& engine_version);

// Throws Failed (corrupt).
Entry from_event(const Event& event);

}  // namespace ackproof::engine
