// The stored form of messages, events, activities and values, which no script looks into, but for
// the beginning of a start message (lua/ack_turn.lua).
//
// An item is a head and a body: the length of the head in four bytes, the head, and the body. The
// head has the fields that stay readable, the body is the payload behind a format byte and its
// length in eight bytes, so that a body which was cut or overwritten, or which a later version wrote,
// is noticed and reported (TURN_10, WORK_8, HIST_2). Numbers have their highest byte first.
#pragma once

#include <string>
#include <string_view>

#include "contract/types.h"

namespace ackproof::redis {

std::string item_of(const Message& message);
std::string item_of(const Event& event);
std::string item_of(const Activity& activity);
std::string item_of(const KeyValueChange& change);

// What is undecodable has its `error` set, and an empty payload.
Message message_in(std::string_view item, const std::string& target);

// Fills in what the item has, beside the fields that stand in the activity's keys.
void read_activity(std::string_view item, Activity& activity);

// An event, or the reason why there is none.
struct ReadEvent {
  Event event;
  std::optional<std::string> error;
};
ReadEvent event_in(std::string_view item, std::uint64_t id);

KeyValue value_in(std::string_view item);

// The id of a message, as its head ends.
std::string head_end_of(std::uint64_t message_id);

}  // namespace ackproof::redis
