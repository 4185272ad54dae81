#include <charconv>

#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

namespace {

// The parts of an answer, see `fetch_turn` in `sql_turns.cc`.
enum Part : std::int64_t { kTurn, kNothing, kOver, kMessage, kEvent, kValue };

Array bounds_of(const std::vector<VersionRange>& ranges, EngineVersion VersionRange::*bound) {
  Array bounds(Array::Of::texts);
  for (const VersionRange& range : ranges) bounds.add(argument(range.*bound).text);
  // Who has no pin is in every range there is, and '{}' comes before all pins.
  if (!ranges.empty()) bounds.add(std::string("{}"));
  return bounds;
}

// All pins, also none.
const std::vector<VersionRange> kEverything = {{{}, {kLargestId, kLargestId, kLargestId}}};

void read_head(const Row& line, const std::string& secret, Turn& turn) {
  turn.execution = line.number(1);
  turn.attempt = line.number(2);
  turn.now = line.time(3);
  turn.token = token_of(line.number(4), secret);
  turn.instance = line.text(5);
  turn.name = line.text(6);
  turn.version = line.optional_text(7);
}

Turn read_turn(const pqxx::result& lines, const std::string& secret) {
  Turn turn;
  History history;
  for (const pqxx::row& each : lines) {
    const Row line(each);
    switch (line.integer(0)) {
      case kTurn:
        read_head(line, secret, turn);
        break;
      case kMessage:
        turn.messages.push_back(read_message(line, turn.instance));
        break;
      case kEvent:
        history.add(line);
        break;
      case kValue:
        turn.values.emplace(line.text(5), KeyValue{line.bytes(8), line.time(1)});
        break;
      default:
        break;
    }
  }
  turn.history = std::move(history.events);
  turn.history_error = std::move(history.error);
  return turn;
}

}  // namespace

LockToken token_of(std::uint64_t row, const std::string& secret) {
  return {std::to_string(row) + "-" + secret};
}

std::optional<ParsedToken> parsed(const LockToken& token) {
  ParsedToken parts;
  const char* const end = token.value.data() + token.value.size();
  const char* const dash = std::from_chars(token.value.data(), end, parts.row).ptr;
  if (dash == end || *dash != '-') return std::nullopt;
  parts.secret.assign(dash + 1, end);
  // A zero in front, or anything that is no text, was never issued.
  if (token_of(static_cast<std::uint64_t>(parts.row), parts.secret) != token) return std::nullopt;
  for (const char c : parts.secret) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return std::nullopt;
  }
  return parts;
}

Look<Turn> fetch_turn(Session& session, const FetchTurn& options, const std::string& secret) {
  const std::vector<VersionRange>& ranges = options.versions ? *options.versions : kEverything;
  const pqxx::result lines = session.timed_call(
      "fetch_turn", secret, options.lock_timeout, !options.versions,
      bounds_of(ranges, &VersionRange::lowest), bounds_of(ranges, &VersionRange::highest),
      capabilities().limits.batch_messages);
  const Row first(lines[0]);
  switch (first.integer(0)) {
    case kNothing:
      return {.now = first.time(1), .next = first.optional_time(2)};
    case kOver:
      return {.is_over = true, .now = first.time(1)};
    default:
      return {.found = read_turn(lines, secret), .now = first.time(3)};
  }
}

void abandon_turn(Session& session, const LockToken& token, const Abandon& how) {
  const auto parts = parsed(token);
  if (!parts || !Row(session.timed_call("abandon_turn", parts->row, parts->secret, how.delay,
                                        std::int64_t{how.ignore_attempt})[0])
                     .flag(0)) {
    lose_lock("instance");
  }
}

void renew_turn(Session& session, const LockToken& token, Duration extend_for) {
  const auto parts = parsed(token);
  if (!parts ||
      !Row(session.timed_call("renew_turn", parts->row, parts->secret, extend_for)[0]).flag(0)) {
    lose_lock("instance");
  }
}

}  // namespace ackproof::postgres
