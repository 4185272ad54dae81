#include "harness/stores/address.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ackproof {

namespace {

constexpr std::string_view kAfterScheme = "://";
constexpr std::string_view kMask = "***";

// The parts of an address, read so that a badly quoted password is taken for part of the credentials and not of the
// host: they end at the last "@". One behind a "?" may belong to either, so then nothing else is told.
struct Parts {
  std::string_view scheme;
  std::string_view credentials;
  std::string_view place;  // Host, port and path; empty when it is not clear where they begin.
  std::vector<std::pair<std::string_view, std::string_view>> options;
};

std::vector<std::pair<std::string_view, std::string_view>> options_of(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> options;
  while (!text.empty()) {
    const std::string_view option = text.substr(0, text.find_first_of("&#"));
    text.remove_prefix(std::min(option.size() + 1, text.size()));
    const std::size_t equals = std::min(option.find('='), option.size());
    options.emplace_back(option.substr(0, equals),
                         option.substr(std::min(equals + 1, option.size())));
  }
  return options;
}

Parts parts_of(std::string_view uri) {
  Parts parts;
  const std::size_t colon = std::min(uri.find(kAfterScheme), uri.size());
  parts.scheme = uri.substr(0, colon);
  const std::string_view rest = uri.substr(std::min(colon + kAfterScheme.size(), uri.size()));
  const std::size_t end = std::min(rest.find_first_of("?#"), rest.size());
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) parts.credentials = rest.substr(0, at);
  if (at == std::string_view::npos) parts.place = rest.substr(0, end);
  if (at < end) parts.place = rest.substr(at + 1, end - at - 1);
  parts.options = options_of(rest.substr(std::min(end + 1, rest.size())));
  return parts;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits(text.substr(i + 1 < text.size() ? i + 1 : i, 2));
    char* end = nullptr;
    const long code = std::strtol(digits.c_str(), &end, 16);
    const bool is_escape = text[i] == '%' && digits.size() == 2 && *end == '\0';
    out += is_escape ? static_cast<char>(code) : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

bool may_be_shown(std::string_view option) {
  return option == "host" || option == "port" || option == "db" || option == "dbname";
}

bool is_secret(std::string_view option) { return option.find("pass") != std::string_view::npos; }

}  // namespace

bool is_address(std::string_view text) {
  const std::size_t at = text.find(kAfterScheme);
  if (at == 0 || at == std::string_view::npos || at + kAfterScheme.size() == text.size())
    return false;
  return std::ranges::all_of(text.substr(0, at), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  });
}

std::string without_credentials(std::string_view uri) {
  const Parts parts = parts_of(uri);
  std::string shown =
      std::string(parts.scheme) + std::string(kAfterScheme) + std::string(parts.place);
  if (parts.place.empty()) return shown + "…";
  char separator = '?';
  for (const auto& [option, value] : parts.options) {
    if (!may_be_shown(option)) continue;
    shown += separator + std::string(option) + "=" + std::string(value);
    separator = '&';
  }
  return shown;
}

std::string objection_to_address(std::string_view uri) {
  if (uri.empty() || is_address(uri)) return {};
  return "the address of a server, by --uri or ACKPROOF_URI, looks like "
         "postgresql://host/database or redis://host:6379";
}

std::string shown_command(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    const std::size_t equals = word.rfind("--", 0) == 0 ? word.find('=') : std::string::npos;
    const std::size_t value = equals == std::string::npos ? 0 : equals + 1;
    const std::string text = word.substr(value);
    line += word.substr(0, value) + (is_address(text) ? without_credentials(text) : text);
  }
  return line;
}

Secrets::Secrets(std::string_view uri) {
  const Parts parts = parts_of(uri);
  const auto add = [this](std::string_view secret) {
    if (secret.empty()) return;
    secrets_.emplace_back(secret);
    secrets_.push_back(decoded(secret));
  };
  // Redis takes a password without a user's name, PostgreSQL a name without a password.
  const bool name_first = parts.scheme.rfind("postgres", 0) == 0;
  const std::size_t colon = parts.credentials.find(':');
  if (colon != std::string_view::npos) add(parts.credentials.substr(colon + 1));
  if (colon == std::string_view::npos && !name_first) add(parts.credentials);
  for (const auto& [option, value] : parts.options) {
    if (is_secret(option)) add(value);
  }
  std::ranges::sort(secrets_, std::ranges::greater(), &std::string::size);
}

std::string Secrets::hidden(std::string text) const {
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
    for (std::size_t cut = 1; cut < secret.size(); ++cut) {
      const std::string_view end = std::string_view(secret).substr(cut);
      if (end.size() < 4 || text.rfind(end, 0) != 0) continue;
      text.replace(0, end.size(), kMask);
      break;
    }
  }
  return text;
}

}  // namespace ackproof
