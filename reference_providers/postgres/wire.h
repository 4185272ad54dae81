// How values travel to the server and back.
//
// Scalars go as text, lists as arrays in the server's binary form, so that payloads are neither
// escaped nor cut; rows come back as text, with bytea in hexadecimal digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pqxx/pqxx>

#include "contract/types.h"

namespace ackproof::postgres {

// Big-endian, as the server has it.
template <class Number>
void append_number(std::string& to, Number value) {
  for (std::size_t i = sizeof value; i > 0; --i) {
    to.push_back(static_cast<char>(value >> (8 * (i - 1)) & 0xFFU));
  }
}

// One argument of a function as text; none is NULL.
struct Argument {
  std::optional<std::string> text;
};

inline const Argument& argument(const Argument& itself) { return itself; }
inline Argument argument(std::nullopt_t) { return {}; }
inline Argument argument(const std::string& text) { return {text}; }
inline Argument argument(bool flag) { return {flag ? "t" : "f"}; }
inline Argument argument(std::int64_t number) { return {std::to_string(number)}; }
inline Argument argument(std::uint64_t number) { return {std::to_string(number)}; }
inline Argument argument(Duration span) { return argument(std::int64_t{span.count()}); }
inline Argument argument(Time time) { return argument(time.time_since_epoch()); }
Argument argument(const EngineVersion& pin);
inline Argument argument(Status status) { return argument(static_cast<std::int64_t>(status)); }
template <class Value>
Argument argument(const std::optional<Value>& value) {
  return value ? argument(*value) : Argument();
}

// A nullable payload as an argument: not as text.
Argument bytes_argument(const std::optional<Bytes>& bytes);

// One array argument, filled element by element.
class Array {
 public:
  enum class Of : std::uint32_t { bytes = 17, numbers = 20, texts = 25 };  // Types of the server.

  explicit Array(Of type) : type_(type) {}

  void add(std::nullopt_t);
  void add(const std::string& text);
  void add(std::uint64_t number);
  void add(std::int64_t number) { add(static_cast<std::uint64_t>(number)); }
  void add(Time time) { add(std::int64_t{time.time_since_epoch().count()}); }
  template <class Value>
  void add(const std::optional<Value>& value) {
    value ? add(*value) : add(std::nullopt);
  }

  std::string encoded() const;

 private:
  const Of type_;
  std::uint32_t count_ = 0;
  bool has_null_ = false;
  std::string elements_;
};

inline pqxx::binarystring argument(const Array& array) {
  return pqxx::binarystring(array.encoded());
}

// `member` of each of the values, as an array.
template <class Value, class Member>
Array column(Array::Of type, const std::vector<Value>& values, const Member& member) {
  Array array(type);
  for (const Value& value : values) array.add(std::invoke(member, value));
  return array;
}

Array texts(const std::vector<std::string>& values);

// One row of an answer. Columns count from 0.
class Row {
 public:
  explicit Row(const pqxx::row& row) : row_(row) {}

  bool is_null(int column) const { return row_[column].is_null(); }
  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  bool flag(int column) const { return view(column) == "t"; }
  Time time(int column) const { return Time(Duration(integer(column))); }
  std::string text(int column) const { return std::string(view(column)); }
  Bytes bytes(int column) const;
  std::optional<EngineVersion> pin(int column) const;
  std::optional<std::uint64_t> optional_number(int column) const;
  std::optional<Time> optional_time(int column) const;
  std::optional<std::string> optional_text(int column) const;
  std::optional<Bytes> optional_bytes(int column) const;

 private:
  std::string_view view(int column) const;

  const pqxx::row row_;
};

// The first column of each row.
std::vector<std::string> read_texts(const pqxx::result& rows);

}  // namespace ackproof::postgres

// What libpqxx wants to know of an argument.
namespace pqxx {
template <>
struct string_traits<ackproof::postgres::Argument> {
  static constexpr const char* name() noexcept { return "argument"; }
  static constexpr bool has_null() noexcept { return true; }
  static bool is_null(const ackproof::postgres::Argument& argument) { return !argument.text; }
  static std::string to_string(const ackproof::postgres::Argument& argument) {
    return *argument.text;
  }
};
}  // namespace pqxx
