// Tokens of another shape than the inner provider's. Which inner token each stands for is kept beside
// the store.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tests/mutants/spoil.h"

namespace ackproof {

struct Issued {
  std::map<std::string, std::string> inner;  // The inner provider's token, by the one handed out.
};

using Shape = std::string (*)(const std::string& token, const std::string& item);

template <Shape turns, Shape activities>
class Tokens : public Sharing<Issued> {
 public:
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) issue(turn.value()->token, turns, turn.value()->instance);
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> taken = inner().fetch_activity(options);
    if (taken && taken.value()) {
      issue(taken.value()->token, activities, taken.value()->activity.instance);
    }
    return taken;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return inner().ack_turn(known(token), commit);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return inner().abandon_turn(known(token), how);
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return inner().renew_turn(known(token), extend_for);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return inner().ack_activity(known(token), completion);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return inner().abandon_activity(known(token), how);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return inner().renew_activity(known(token), extend_for);
  }

 private:
  void issue(LockToken& token, Shape shape, const std::string& item) {
    const std::string shaped = shape(token.value, item);
    state()->inner[shaped] = std::exchange(token.value, shaped);
  }
  LockToken known(const LockToken& token) {
    auto issued = state();
    const auto found = issued->inner.find(token.value);
    return found == issued->inner.end() ? LockToken{} : LockToken{found->second};
  }
};

// The first `count` bytes that the hexadecimal digits stand for.
inline std::string raw_bytes(const std::string& digits, std::size_t count) {
  std::string bytes;
  for (std::size_t n = 0; n < count; ++n) {
    bytes += static_cast<char>(std::stoi(digits.substr(2 * n, 2), nullptr, 16));
  }
  return bytes;
}

// Just enough randomness, as bytes: zeros, newlines and invalid UTF-8 among them.
inline std::string of_96_bits(const std::string& token, const std::string&) {
  return raw_bytes(token, 12);
}

// Ninety-six characters, each of which is a bit.
inline std::string of_binary_digits(const std::string& token, const std::string&) {
  std::string digits;
  for (const char byte : raw_bytes(token, 12)) {
    for (int bit = 0; bit < 8; ++bit) digits += ((byte >> bit) & 1) != 0 ? '1' : '0';
  }
  return digits;
}

// Of varying length, and mostly the same from token to token.
inline std::string of_json(const std::string& token, const std::string& item) {
  return R"({"kind": "lock", "of": ")" + item + R"(", "holder": "worker-1", "nonce": ")" + token +
         "\"}";
}

inline std::string of_8_kilobytes(const std::string& token, const std::string&) {
  return std::string(4096, '%') + token + std::string(4096, '\'');
}

}  // namespace ackproof
