#include "contract/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "contract/capability.h"

namespace ackproof {
namespace {

const std::string kNul("a\0b", 3);
const std::string kBinary("\xff\xfe\0\x80", 4);
constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
constexpr Time kEarliest = Time::min();
constexpr Time kLatest = Time::max();
constexpr EngineVersion kPin{kLargest, 0, 7};

// Empty, or what differs after one way there and back.
template <class T>
std::string lost(const T& value) {
  const std::string text = to_json(value);
  const Result<T> back = from_json<T>(text);
  if (!back) return text + ": " + back.error().message;
  return back.value() == value ? "" : text + " became " + to_json(back.value());
}

template <class T>
std::string refusal(const std::string& text) {
  const Result<T> result = from_json<T>(text);
  if (result) return "accepted";
  return result.error().kind == ErrorKind::invalid ? result.error().message : "not invalid";
}

Event event() { return {kLargestId, "K", kLargest, kLatest, "", kBinary}; }

Message message() {
  return {MessageKind::queue_message, "to", 0, 3, "", kNul, "parent", kEarliest, kBinary, ""};
}

Activity activity() { return {"i", kLargest, 0, "n", "s", "", kNul, "damaged"}; }

TEST(Json, queue_items_come_back_equal) {
  EXPECT_EQ(lost(Event()), "");
  EXPECT_EQ(lost(event()), "");
  EXPECT_EQ(lost(Message()), "");
  EXPECT_EQ(lost(message()), "");
  EXPECT_EQ(lost(Activity()), "");
  EXPECT_EQ(lost(activity()), "");
  EXPECT_EQ(lost(ActivityKey{kBinary, 1, kLargest}), "");
  EXPECT_EQ(lost(LockToken{"t"}), "");
  EXPECT_EQ(lost(LockedActivity{activity(), kLargest, {kNul}}), "");
}

TEST(Json, turns_and_commits_come_back_equal) {
  Turn turn{"i", "n", "", 1, {event()}, "damaged", {message()}, {}, 2, kEarliest, {"t"}};
  turn.values = {{"", {kBinary, kLatest}}, {kNul, {"", kEarliest}}};
  TurnCommit commit;
  commit.events = {event(), Event()};
  commit.activities = {activity()};
  commit.messages = {message(), Message()};
  commit.cancelled = {{"i", 1, 0}};
  commit.metadata = {Status::continued_as_new, kBinary, "", kNul, "p", kPin};
  commit.custom_status = {{kBinary}, {""}, {std::nullopt}};
  commit.values = {{KeyValueChange::Kind::clear_all, "", "", kEarliest},
                   {KeyValueChange::Kind::set, "k", kBinary, kLatest}};

  EXPECT_EQ(lost(Turn()), "");
  EXPECT_EQ(lost(turn), "");
  EXPECT_EQ(lost(TurnCommit()), "");
  EXPECT_EQ(lost(commit), "");
  EXPECT_EQ(lost(commit.metadata), "");
  EXPECT_EQ(lost(Metadata()), "");
  EXPECT_EQ(lost(turn.values[""]), "");
  EXPECT_EQ(lost(commit.custom_status[2]), "");
  EXPECT_EQ(lost(commit.values[0]), "");
}

TEST(Json, options_come_back_equal) {
  const VersionRange range{{0, 0, 0}, kPin};

  EXPECT_EQ(lost(kPin), "");
  EXPECT_EQ(lost(range), "");
  EXPECT_EQ(lost(FetchTurn()), "");
  EXPECT_EQ(lost(FetchTurn{Duration::max(), Duration::min(), std::vector<VersionRange>{}}), "");
  EXPECT_EQ(lost(FetchTurn{Duration(0), Duration(1), std::vector{range}}), "");
  EXPECT_EQ(lost(Abandon{Duration(-1), true}), "");
  EXPECT_EQ(lost(SessionClaim{kNul, Duration(5)}), "");
  EXPECT_EQ(lost(TagFilter{TagFilter::Kind::default_and, {"", kBinary}}), "");
  EXPECT_EQ(lost(FetchActivity()), "");
  EXPECT_EQ(lost(FetchActivity{Duration(1), Duration(2), SessionClaim{"o", Duration(3)}, {}}), "");
  EXPECT_EQ(lost(RenewSessions{{"a", ""}, Duration(1), Duration(2)}), "");
}

TEST(Json, what_is_read_and_managed_comes_back_equal) {
  const ExecutionInfo execution{1, Status::failed, "", kPin, kEarliest, kLatest, kLargest};

  EXPECT_EQ(lost(InstanceInfo{"i", "n", "", "p", 1, Status::failed, kBinary, kPin, {}, kLatest}),
            "");
  EXPECT_EQ(lost(InstanceInfo()), "");
  EXPECT_EQ(lost(CustomStatus{kBinary, kLargest}), "");
  EXPECT_EQ(lost(CustomStatus()), "");
  EXPECT_EQ(lost(execution), "");
  EXPECT_EQ(lost(InstanceTree{"r", {"r", kNul}}), "");
  EXPECT_EQ(lost(QueueDepth{1, 2, 3, kLargest}), "");
  EXPECT_EQ(lost(QueueDepths{{1, 2, 3, 4}, {5, 6, 7, 8}}), "");
  EXPECT_EQ(lost(StoreTotals{1, 2, 3, 4, 5, 6, 7}), "");
  EXPECT_EQ(lost(InstanceFilter()), "");
  EXPECT_EQ(lost(InstanceFilter{std::vector<std::string>{}, kEarliest, 0}), "");
  EXPECT_EQ(lost(PruneOptions()), "");
  EXPECT_EQ(lost(PruneOptions{0, kLatest}), "");
  EXPECT_EQ(lost(DeletionCounts{1, 2, 3, 4}), "");
  EXPECT_EQ(lost(PruneCounts{1, 2, 3}), "");
}

TEST(Json, values_of_the_other_stores_come_back_equal) {
  const BatchOperation operation{
      BatchOperation::Kind::release_lock, "i", 2, {event()}, message(), activity(), {"t"}};

  EXPECT_EQ(lost(operation), "");
  EXPECT_EQ(lost(Batch{"b", {operation, BatchOperation()}}), "");
  EXPECT_EQ(lost(BatchOutcome()), "");
  EXPECT_EQ(lost(BatchOutcome{0, "taken"}), "");
  EXPECT_EQ(lost(StreamEvent{1, "t", "c", kLatest, {{"", ""}, {kBinary, kNul}}, 2, "", kBinary}),
            "");
  EXPECT_EQ(lost(StreamEvent{1, "t", "c", kLatest, {{"a", kBinary}}, 2, "", ""}), "");
  EXPECT_EQ(lost(Snapshot{kLargest, kBinary}), "");
  EXPECT_EQ(lost(NodeKey{"f", kNul}), "");
}

TEST(Json, descriptions_come_back_equal) {
  Description description{"p", "", "s", {}};
  Capabilities& offered = description.capabilities;
  offered.facets = {Capability::none, Capability::queues, Capability::context_store};
  offered.limits.payload_bytes = kLargest;
  offered.limits.smallest_lock = Duration::max();
  offered.clocks = {};
  offered.durability = Durability::power_loss;
  offered.several_processes = true;

  EXPECT_EQ(lost(Description()), "");
  EXPECT_EQ(lost(description), "");
  EXPECT_EQ(lost(offered), "");
  EXPECT_EQ(lost(offered.limits), "");
}

template <class Enum>
void every_name_comes_back(Enum last) {
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
    EXPECT_EQ(lost(static_cast<Enum>(i)), "");
  }
  const auto after = static_cast<Enum>(static_cast<unsigned>(last) + 1);
  EXPECT_EQ(refusal<Enum>(to_json(after)), "the document: unknown name `?`");
}

TEST(Json, every_enumerator_has_its_name) {
  every_name_comes_back(MessageKind::queue_message);
  every_name_comes_back(Status::continued_as_new);
  every_name_comes_back(ErrorKind::internal);
  for (unsigned i = 0; i <= static_cast<unsigned>(TagFilter::Kind::none); ++i) {
    EXPECT_EQ(lost(TagFilter{static_cast<TagFilter::Kind>(i), {}}), "");
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(BatchOperation::Kind::release_lock); ++i) {
    BatchOperation operation;
    operation.kind = static_cast<BatchOperation::Kind>(i);
    EXPECT_EQ(lost(operation), "");
  }
  EXPECT_EQ(to_json(MessageKind::start_orchestration), "\"start_orchestration\"");
}

TEST(Json, an_error_comes_back_in_place) {
  const Error error{ErrorKind::lock_lost, "ack_turn", kBinary};
  Error back;

  ASSERT_TRUE(from_json(to_json(error), back));

  EXPECT_EQ(back.kind, error.kind);
  EXPECT_EQ(back.operation, error.operation);
  EXPECT_EQ(back.message, error.message);
}

TEST(Json, what_is_refused_leaves_the_value_alone) {
  LockToken token{"kept"};
  EXPECT_FALSE(from_json(R"({"value": 1})", token));
  EXPECT_EQ(token, LockToken{"kept"});
}

TEST(Json, it_is_written_as_documented) {
  EXPECT_EQ(to_json(ActivityKey{"order-1", 1, kLargest}),
            R"({"instance":"order-1","execution":1,"id":18446744073709551615})");
  EXPECT_EQ(to_json(CustomStatus{std::nullopt, 0}), R"({"version":0})");
  EXPECT_EQ(to_json(CustomStatus{"", 0}), R"({"value":"","version":0})");
  EXPECT_EQ(to_json(Snapshot{1, kBinary}), R"({"event_id":1,"state":{"base64":"//4AgA=="}})");
  EXPECT_EQ(to_json(Snapshot{1, kNul}), R"({"event_id":1,"state":"a\u0000b"})");
  EXPECT_EQ(to_json(KeyValue{"v", Time(Duration(1'500))}), R"({"value":"v","updated_at":1500})");
  EXPECT_EQ(to_json(Abandon{Duration(20), false}), R"({"delay":20,"ignore_attempt":false})");
}

TEST(Json, every_byte_and_every_length_survives_base64) {
  for (std::size_t length = 1; length <= 300; ++length) {
    std::string bytes = "\xff";  // Never valid UTF-8.
    for (std::size_t i = 1; i < length; ++i) bytes += static_cast<char>(i * 7);
    EXPECT_EQ(lost(LockToken{bytes}), "") << length;
  }
}

TEST(Json, base64_is_read_in_one_spelling_only) {
  const auto token = [](const std::string& digits) {
    return refusal<LockToken>(R"({"value":{"base64":")" + digits + R"("}})");
  };
  EXPECT_EQ(token("//4AgA=="), "accepted");
  EXPECT_EQ(token(""), "accepted");
  for (const char* digits :
       {"//4AgA", "//4AgA=", "//4AgB==", "//4A gA==", "-_4AgA==", "A", "=", "===="}) {
    EXPECT_EQ(token(digits), "value: this is not base64") << digits;
  }
  EXPECT_EQ(refusal<LockToken>(R"({"value":{"base64":"","x":1}})"),
            "value: a string or {\"base64\": \"...\"} is expected");
}

TEST(Json, a_field_that_is_missing_or_unknown_is_invalid_with_its_place) {
  EXPECT_EQ(refusal<ActivityKey>(R"({"instance":"i","execution":1})"), "id: missing");
  EXPECT_EQ(refusal<ActivityKey>(R"({"instance":"i","execution":1,"id":1,"ID":2})"),
            "ID: unknown field");
  EXPECT_EQ(refusal<VersionRange>(R"({"lowest":{"major":1,"minor":0},"highest":{}})"),
            "lowest.patch: missing");
  EXPECT_EQ(refusal<InstanceTree>(R"({"root":"r","members":["r",2]})"),
            "members[1]: a string or {\"base64\": \"...\"} is expected");
}

TEST(Json, a_wrong_type_is_invalid_with_its_place) {
  const auto id = [](const std::string& number) {
    return refusal<ActivityKey>(R"({"instance":"i","execution":1,"id":)" + number + "}");
  };
  EXPECT_EQ(id("18446744073709551615"), "accepted");
  EXPECT_EQ(id("-1"), "id: the number -1 is out of range");
  for (const char* number :
       {"1.0", "1e3", "\"1\"", "true", "null", "[1]", "18446744073709551616"}) {
    EXPECT_EQ(id(number), "id: a whole number is expected") << number;
  }
  EXPECT_EQ(refusal<Abandon>(R"({"delay":9223372036854775808,"ignore_attempt":false})"),
            "delay: the number 9223372036854775808 is out of range");
  EXPECT_EQ(refusal<Abandon>(R"({"delay":0,"ignore_attempt":0})"),
            "ignore_attempt: true or false is expected");
  EXPECT_EQ(refusal<CustomStatus>(R"({"value":null,"version":0})"),
            "value: a string or {\"base64\": \"...\"} is expected");
  EXPECT_EQ(refusal<Status>("\"Running\""), "the document: unknown name `Running`");
  EXPECT_EQ(refusal<LockToken>("[]"), "the document: an object is expected");
}

TEST(Json, a_key_said_twice_is_invalid) {
  EXPECT_EQ(refusal<LockToken>(R"({"value":"a","value":"b"})"),
            "the document: the key \"value\" is repeated in an object");
  EXPECT_EQ(refusal<StreamEvent>(R"({"id":1,"type":"t","category":"c","timestamp":0,"attributes":)"
                                 R"([["a","1"],["a","2"]],"schema_version":1,"trace_id":"",)"
                                 R"("payload":""})"),
            "attributes[1]: a key is repeated");
}

TEST(Json, text_that_is_not_json_is_invalid) {
  for (const std::string text : {"", " ", "{", "{}x", "nul", "{\"value\":\"\xff\"}", "[1e999]"}) {
    const Result<LockToken> token = from_json<LockToken>(text);
    ASSERT_FALSE(token.has_value()) << text;
    EXPECT_EQ(token.error().kind, ErrorKind::invalid) << text;
    EXPECT_EQ(token.error().operation, "from_json");
  }
  EXPECT_FALSE(from_json<LockToken>(std::string(100'000, '[')).has_value());
}

}  // namespace
}  // namespace ackproof
