// JSON for plain structs: one list of fields per struct serves both directions. Included by `.cc`
// files only, since it brings nlohmann's header along.
//
// A struct takes part through `kFields<Struct>`, an enumeration through `Spelling<Enum>`. Reading
// is strict: a missing, unknown or repeated field, a wrong type or an unknown name is a `Misfit`.
#pragma once

#include <chrono>
#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "contract/capability.h"
#include "contract/result.h"

namespace ackproof::json_io {

using Json = nlohmann::ordered_json;  // Fields are written in the order of the struct.

// What becomes of bytes that are not UTF-8, which JSON cannot say.
enum class Text : std::uint8_t {
  exact,     // {"base64": "..."} in their place.
  replaced,  // U+FFFD in their place, when the text is written out.
};

// What was read is not what has to stand there.
class Misfit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Where in the document something stands. A chain on the stack: nothing is built unless it fails.
struct Place {
  const Place* parent = nullptr;
  std::string_view field = {};
  std::optional<std::size_t> index = std::nullopt;

  std::string path() const {
    if (parent == nullptr) return {};
    if (index) return parent->path() + "[" + std::to_string(*index) + "]";
    const std::string above = parent->path();
    return (above.empty() ? above : above + ".") + std::string(field);
  }
  [[noreturn]] void fail(const std::string& what) const {
    const std::string at = path();
    throw Misfit((at.empty() ? "the document" : at) + ": " + what);
  }
};

// How `T` is written to JSON and read from it.
template <class T>
struct Codec;

template <class T>
Json encode(const T& value, Text text) {
  return Codec<T>::write(value, text);
}

template <class T>
T decode(const Json& json, Text text, const Place& at) {
  T value{};
  Codec<T>::read(json, value, text, at);
  return value;
}

// --- Simple values

template <>
struct Codec<bool> {
  static Json write(bool value, Text) { return Json(value); }
  static void read(const Json& json, bool& value, Text, const Place& at) {
    if (!json.is_boolean()) at.fail("true or false is expected");
    value = json.get<bool>();
  }
};

template <std::integral Number>
struct Codec<Number> {
  static Json write(Number value, Text) { return Json(value); }
  static void read(const Json& json, Number& value, Text, const Place& at) {
    if (!json.is_number_integer()) at.fail("a whole number is expected");
    const bool fits = json.is_number_unsigned() ? std::in_range<Number>(json.get<std::uint64_t>())
                                                : std::in_range<Number>(json.get<std::int64_t>());
    if (!fits) at.fail("the number " + json.dump() + " is out of range");
    value = json.get<Number>();
  }
};

// Text and payloads alike; in `json.cc`.
template <>
struct Codec<std::string> {
  static Json write(const std::string& value, Text text);
  static void read(const Json& json, std::string& value, Text text, const Place& at);
};

template <>
struct Codec<Duration> {
  static Json write(Duration value, Text text) { return encode(value.count(), text); }
  static void read(const Json& json, Duration& value, Text text, const Place& at) {
    value = Duration(decode<Duration::rep>(json, text, at));
  }
};

template <>
struct Codec<Time> {
  static Json write(Time value, Text text) { return encode(value.time_since_epoch(), text); }
  static void read(const Json& json, Time& value, Text text, const Place& at) {
    value = Time(decode<Duration>(json, text, at));
  }
};

// --- Enumerations

// The first and the last enumerator, and the name of each.
template <class Enum>
struct Spelling;

// The spelling of an enumeration that has a `name()`.
template <auto from, auto to>
struct Named {
  static constexpr auto first = from;
  static constexpr auto last = to;
  static std::string_view of(decltype(from) value) { return name(value); }
};

template <>
struct Spelling<Capability> : Named<Capability::none, Capability::context_store> {};
template <>
struct Spelling<ClockSource> : Named<ClockSource::injected, ClockSource::server> {};
template <>
struct Spelling<Durability> : Named<Durability::is_volatile, Durability::power_loss> {};

template <class Enum>
std::vector<Enum> enumerators() {
  std::vector<Enum> all;
  const auto last = static_cast<unsigned>(Spelling<Enum>::last);
  for (auto next = static_cast<unsigned>(Spelling<Enum>::first); next <= last; ++next) {
    all.push_back(static_cast<Enum>(next));
  }
  return all;
}

template <class Enum>
requires std::is_enum_v<Enum>
struct Codec<Enum> {
  static Json write(Enum value, Text text) {
    return encode(std::string(Spelling<Enum>::of(value)), text);
  }
  static void read(const Json& json, Enum& value, Text text, const Place& at) {
    const auto word = decode<std::string>(json, text, at);
    for (const Enum candidate : enumerators<Enum>()) {
      if (Spelling<Enum>::of(candidate) == word) {
        value = candidate;
        return;
      }
    }
    at.fail("unknown name `" + word + "`");
  }
};

template <class Enum>
struct Codec<EnumSet<Enum>> {
  static Json write(const EnumSet<Enum>& set, Text text) {
    Json list = Json::array();
    for (const Enum member : enumerators<Enum>()) {
      if (set.has(member)) list.push_back(encode(member, text));
    }
    return list;
  }
  static void read(const Json& json, EnumSet<Enum>& set, Text text, const Place& at) {
    for (const Enum member : decode<std::vector<Enum>>(json, text, at)) {
      if (set.has(member)) at.fail("a name is repeated");
      set.insert(member);
    }
  }
};

// Bytes as standard base64 with padding, and back: nothing when `text` is not exactly what
// `to_base64` makes of some bytes.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

// --- Lists and maps

template <class Item>
struct Codec<std::vector<Item>> {
  static Json write(const std::vector<Item>& items, Text text) {
    Json list = Json::array();
    for (const Item& item : items) list.push_back(encode(item, text));
    return list;
  }
  static void read(const Json& json, std::vector<Item>& items, Text text, const Place& at) {
    if (!json.is_array()) at.fail("a list is expected");
    for (std::size_t i = 0; i < json.size(); ++i) {
      items.push_back(decode<Item>(json[i], text, Place{&at, {}, i}));
    }
  }
};

// Whether JSON can say `text` as a string.
bool is_utf8(std::string_view text);

// An object; a list of [key, value] when a key is not UTF-8.
template <class Value>
struct Codec<std::map<std::string, Value>> {
  using Map = std::map<std::string, Value>;

  static Json write(const Map& map, Text text) {
    bool is_sayable = true;
    for (const auto& [key, value] : map) is_sayable = is_sayable && is_utf8(key);
    Json json = is_sayable ? Json::object() : Json::array();
    for (const auto& [key, value] : map) {
      if (is_sayable) {
        json[key] = encode(value, text);
      } else {
        json.push_back(Json::array({encode(key, text), encode(value, text)}));
      }
    }
    return json;
  }

  static void read(const Json& json, Map& map, Text text, const Place& at) {
    if (json.is_object()) {
      for (const auto& [key, value] : json.items()) {
        map.emplace(key, decode<Value>(value, text, Place{&at, key}));
      }
      return;
    }
    if (!json.is_array()) at.fail("an object or a list of pairs is expected");
    for (std::size_t i = 0; i < json.size(); ++i) {
      const Place pair{&at, {}, i};
      if (!json[i].is_array() || json[i].size() != 2) pair.fail("[key, value] is expected");
      auto key = decode<std::string>(json[i][0], text, Place{&pair, {}, 0});
      auto value = decode<Value>(json[i][1], text, Place{&pair, {}, 1});
      if (!map.emplace(std::move(key), std::move(value)).second) pair.fail("a key is repeated");
    }
  }
};

// --- Structs

template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
  bool (*accepts)(const Member&);  // What more the value has to be; null: nothing.
};

template <class Struct, class Member>
constexpr Field<Struct, Member> field(std::string_view name, Member Struct::*member,
                                      bool (*accepts)(const Member&) = nullptr) {
  return {name, member, accepts};
}

// The fields of `Struct`, a tuple. What is not a struct of fields has none.
template <class Struct>
inline constexpr std::nullptr_t kFields = nullptr;

template <class T>
concept Fielded = !std::same_as<decltype(kFields<T>), const std::nullptr_t>;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <Fielded Struct>
struct Codec<Struct> {
  static Json write(const Struct& value, Text text) {
    Json json = Json::object();
    each([&](const auto& field) { write_field(json, field.name, value.*field.member, text); });
    return json;
  }

  static void read(const Json& json, Struct& value, Text text, const Place& at) {
    if (!json.is_object()) at.fail("an object is expected");
    for (const auto& item : json.items()) {
      if (!is_known(item.key())) Place{&at, item.key()}.fail("unknown field");
    }
    each([&](const auto& field) {
      const Place here{&at, field.name};
      read_field(json, value.*field.member, text, here);
      if (field.accepts != nullptr && !field.accepts(value.*field.member)) {
        here.fail("unknown: " + json.at(std::string(field.name)).dump());
      }
    });
  }

 private:
  template <class Visitor>
  static void each(const Visitor& visit) {
    std::apply([&](const auto&... field) { (visit(field), ...); }, kFields<Struct>);
  }

  static bool is_known(std::string_view name) {
    bool is_found = false;
    each([&](const auto& field) { is_found = is_found || field.name == name; });
    return is_found;
  }

  template <class Member>
  static void write_field(Json& json, std::string_view name, const Member& member, Text text) {
    if constexpr (kIsOptional<Member>) {
      if (member) json[std::string(name)] = encode(*member, text);
    } else {
      json[std::string(name)] = encode(member, text);
    }
  }

  template <class Member>
  static void read_field(const Json& json, Member& member, Text text, const Place& here) {
    const auto found = json.find(std::string(here.field));
    if constexpr (kIsOptional<Member>) {
      member = std::nullopt;
      if (found != json.end()) {
        member = decode<typename Member::value_type>(*found, text, here);
      }
    } else {
      if (found == json.end()) here.fail("missing");
      member = decode<Member>(*found, text, here);
    }
  }
};

template <>
inline constexpr auto kFields<Limits> = std::tuple{
    field("payload_bytes", &Limits::payload_bytes),
    field("id_bytes", &Limits::id_bytes),
    field("history_events", &Limits::history_events),
    field("commit_items", &Limits::commit_items),
    field("batch_messages", &Limits::batch_messages),
    field("key_bytes", &Limits::key_bytes),
    field("value_bytes", &Limits::value_bytes),
    field("smallest_lock", &Limits::smallest_lock),
};

template <>
inline constexpr auto kFields<Capabilities> = std::tuple{
    field("facets", &Capabilities::facets),
    field("limits", &Capabilities::limits),
    field("clocks", &Capabilities::clocks),
    field("durability", &Capabilities::durability),
    field("several_processes", &Capabilities::several_processes),
    field("call_limit", &Capabilities::call_limit),
    field("poll_slack", &Capabilities::poll_slack),
    field("eager_session_cleanup", &Capabilities::eager_session_cleanup),
    field("batch_retention", &Capabilities::batch_retention),
};

template <>
inline constexpr auto kFields<Description> = std::tuple{
    field("provider", &Description::provider),
    field("version", &Description::version),
    field("store_version", &Description::store_version),
    field("capabilities", &Description::capabilities),
};

// --- Documents

// The document as JSON; throws Misfit when it is none, says a key of one object twice, or is deeper
// or wider than any document of ours. JSON begins with no byte order mark and has no NUL.
Json parse(std::string_view document);

// What `read` gives, with a Misfit as an `invalid` error of `operation`.
template <class Read>
auto reported(std::string_view operation, const Read& read) -> Result<decltype(read())> {
  try {
    return read();
  } catch (const Misfit& misfit) {
    return Error{ErrorKind::invalid, std::string(operation), misfit.what()};
  }
}

}  // namespace ackproof::json_io
