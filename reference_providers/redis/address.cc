#include "reference_providers/redis/address.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "reference_providers/redis/errors.h"

namespace ackproof::redis {

namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Refused(ErrorKind::invalid,
                "the address of the Redis server is not understood: " + why +
                    "; it looks like redis://user:password@host:6379/0 or unix:///path/to.sock");
}

int number(std::string_view text, int largest, const char* what) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > largest) {
    refuse(std::string(what) + " is no number from 0 to " + std::to_string(largest));
  }
  return value;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain.push_back(text[at]);
      continue;
    }
    unsigned code = 0;
    const char* const digits = text.data() + at + 1;
    const bool is_whole = text.size() - at > 2;
    if (!is_whole || std::from_chars(digits, digits + 2, code, 16).ptr != digits + 2) {
      refuse("a percent sign is not followed by two hexadecimal digits");
    }
    plain.push_back(static_cast<char>(code));
    at += 2;
  }
  return plain;
}

// Cuts `text` at the first `mark`; what is behind it, or nothing if there is no mark.
std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

void read_options(std::string_view options, Address& address) {
  while (!options.empty()) {
    const std::string_view rest = cut(options, '&').value_or("");
    const std::string_view value = cut(options, '=').value_or("");
    if (options == "db") {
      address.database = number(value, 1'000'000, "the database");
    } else if (options == "noeviction" && value == "vouched") {
      address.vouches_for_noeviction = true;
    } else {
      refuse("an option is not db=… or noeviction=vouched");
    }
    options = rest;
  }
}

// Takes `user:password@` off the front.
void read_user(std::string_view& place, Address& address) {
  const std::size_t at = place.rfind('@');
  if (at == std::string_view::npos) return;
  std::string_view user = place.substr(0, at);
  place.remove_prefix(at + 1);
  const auto password = cut(user, ':');
  if (!password) refuse("there is a user without a password");
  address.user = decoded(user);
  address.password = decoded(*password);
}

void read_host(std::string_view place, Address& address) {
  if (const auto database = cut(place, '/'); database && !database->empty()) {
    address.database = number(*database, 1'000'000, "the database");
  }
  const bool is_bracketed = !place.empty() && place.front() == '[';  // Of IPv6, with its colons.
  const std::size_t end = is_bracketed ? place.find(']') : place.find(':');
  if (is_bracketed && end == std::string_view::npos) refuse("a bracket is not closed");
  address.host = decoded(is_bracketed ? place.substr(1, end - 1) : place.substr(0, end));
  if (address.host.empty()) refuse("there is no host");
  if (end == std::string_view::npos) return;
  place.remove_prefix(is_bracketed ? end + 1 : end);
  if (place.empty()) return;
  if (place.front() != ':') refuse("something stands between the host and the port");
  address.port = number(place.substr(1), 65'535, "the port");
}

}  // namespace

Address parse_address(const std::string& uri) {
  Address address;
  std::string_view rest = uri;
  const std::size_t colon = rest.find("://");
  if (colon == std::string_view::npos) refuse("it does not begin with redis:// or unix://");
  const std::string_view scheme = rest.substr(0, colon);
  rest.remove_prefix(colon + 3);
  if (const auto options = cut(rest, '?')) read_options(*options, address);
  read_user(rest, address);
  if (scheme == "redis") {
    read_host(rest, address);
  } else if (scheme == "unix") {
    address.path = decoded(rest);
    if (address.path.empty() || address.path.front() != '/') refuse("the path is not absolute");
  } else {
    refuse("it does not begin with redis:// or unix://");
  }
  return address;
}

}  // namespace ackproof::redis
