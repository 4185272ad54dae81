#include "reference_providers/postgres/wire.h"

#include <charconv>
#include <stdexcept>

namespace ackproof::postgres {

namespace {

constexpr std::string_view kHexPrefix = "\\x";

unsigned digit(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

}  // namespace

Argument argument(const EngineVersion& pin) {
  return {"{" + std::to_string(pin.major) + "," + std::to_string(pin.minor) + "," +
          std::to_string(pin.patch) + "}"};
}

Argument bytes_argument(const std::optional<Bytes>& bytes) {
  if (!bytes) return {};
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kHexPrefix);
  text.reserve(kHexPrefix.size() + 2 * bytes->size());
  for (const char c : *bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(c) >> 4U]);
    text.push_back(kDigits[static_cast<unsigned char>(c) & 0xFU]);
  }
  return {std::move(text)};
}

void Array::add(std::nullopt_t) {
  ++count_;
  has_null_ = true;
  append_number(elements_, ~std::uint32_t{0});  // Its length is -1.
}

void Array::add(const std::string& text) {
  ++count_;
  append_number(elements_, static_cast<std::uint32_t>(text.size()));
  elements_ += text;
}

void Array::add(std::uint64_t number) {
  ++count_;
  append_number(elements_, std::uint32_t{sizeof number});
  append_number(elements_, number);
}

std::string Array::encoded() const {
  constexpr std::uint32_t kLowestIndex = 1;
  std::string array;
  array.reserve(5 * sizeof(std::uint32_t) + elements_.size());
  append_number(array, std::uint32_t{count_ == 0 ? 0U : 1U});  // Dimensions.
  append_number(array, std::uint32_t{has_null_});
  append_number(array, static_cast<std::uint32_t>(type_));
  if (count_ == 0) return array;
  append_number(array, count_);
  append_number(array, kLowestIndex);
  array += elements_;
  return array;
}

Array texts(const std::vector<std::string>& values) {
  return column(Array::Of::texts, values, [](const std::string& text) { return text; });
}

std::string_view Row::view(int column) const {
  const pqxx::field field = row_[column];
  return {field.c_str(), field.size()};
}

std::int64_t Row::integer(int column) const {
  const std::string_view text = view(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error("the server answered no number: " + std::string(text));
  }
  return value;
}

Bytes Row::bytes(int column) const {
  const std::string_view text = view(column);
  if (text.substr(0, kHexPrefix.size()) != kHexPrefix || text.size() % 2 != 0) {
    throw std::runtime_error("the server answered no bytes in hexadecimal digits");
  }
  Bytes bytes;
  bytes.reserve(text.size() / 2 - 1);
  for (std::size_t i = kHexPrefix.size(); i < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(digit(text[i]) << 4U | digit(text[i + 1])));
  }
  return bytes;
}

std::optional<EngineVersion> Row::pin(int column) const {
  if (is_null(column)) return std::nullopt;
  EngineVersion pin;
  const std::string_view text = view(column);
  const char* at = text.data();
  for (std::uint64_t* const part : {&pin.major, &pin.minor, &pin.patch}) {
    at = std::from_chars(at + 1, text.data() + text.size(), *part).ptr;  // Behind "{" or ",".
  }
  return pin;
}

std::optional<std::uint64_t> Row::optional_number(int column) const {
  return is_null(column) ? std::nullopt : std::optional(number(column));
}

std::optional<Time> Row::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

std::optional<std::string> Row::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<Bytes> Row::optional_bytes(int column) const {
  return is_null(column) ? std::nullopt : std::optional(bytes(column));
}

std::vector<std::string> read_texts(const pqxx::result& rows) {
  std::vector<std::string> texts;
  for (const pqxx::row& row : rows) texts.push_back(Row(row).text(0));
  return texts;
}

}  // namespace ackproof::postgres
