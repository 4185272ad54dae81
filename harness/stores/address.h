// Addresses of servers, and the secrets in them: an address may be typed with a password, and none may be told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ackproof {

// What may be shown of an address: scheme, host, port and path, and of its options only host, port and database.
// `postgresql://ann:secret@db:5432/app?sslmode=require` becomes `postgresql://db:5432/app`.
std::string without_credentials(std::string_view uri);

// Whether `text` is an address: a scheme, "://" and something.
bool is_address(std::string_view text);

// Why this cannot be where a server is, a sentence; empty when it can, and when nothing is said.
std::string objection_to_address(std::string_view uri);

// The same words, with every address among them (also behind `--uri=`) shown without credentials.
std::string shown_command(const std::vector<std::string>& words);

// Hides what is secret in one address wherever a text repeats it.
class Secrets {
 public:
  explicit Secrets(std::string_view uri);
  // `text` may begin in the middle of a secret, when it was cut.
  std::string hidden(std::string text) const;

 private:
  std::vector<std::string> secrets_;  // The longest first.
};

}  // namespace ackproof
