// What the server answered.
#pragma once

#include <hiredis/hiredis.h>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/clock.h"
#include "reference_providers/redis/errors.h"

namespace ackproof::redis {

// A part of a reply, which it must not outlive. What is not there is nil: a script's answer may be
// shorter than others.
class Value {
 public:
  explicit Value(const redisReply* raw) : raw_(raw) {}

  bool is_nil() const { return raw_ == nullptr || raw_->type == REDIS_REPLY_NIL; }
  bool is_error() const { return raw_ != nullptr && raw_->type == REDIS_REPLY_ERROR; }

  std::size_t size() const { return is_list() ? raw_->elements : 0; }
  Value operator[](std::size_t at) const {
    return Value(at < size() ? raw_->element[at] : nullptr);
  }

  std::string_view view() const {
    const bool is_text = !is_nil() && (raw_->type == REDIS_REPLY_STRING || is_error() ||
                                       raw_->type == REDIS_REPLY_STATUS);
    return is_text ? std::string_view(raw_->str, raw_->len) : std::string_view();
  }
  std::string text() const { return std::string(view()); }
  std::optional<std::string> optional_text() const {
    return is_nil() ? std::nullopt : std::optional(text());
  }

  // A number, or a text of digits.
  std::int64_t integer() const {
    if (!is_nil() && raw_->type == REDIS_REPLY_INTEGER) return raw_->integer;
    std::int64_t value = 0;
    const std::string_view digits = view();
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ptr !=
        digits.data() + digits.size()) {
      throw Refused(ErrorKind::corrupt, "a stored number is none");
    }
    return value;
  }
  std::uint64_t number() const { return static_cast<std::uint64_t>(integer()); }
  Time time() const { return Time(Duration(integer())); }
  std::optional<Time> optional_time() const {
    return is_nil() ? std::nullopt : std::optional(time());
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < size(); ++i) all.push_back((*this)[i].text());
    return all;
  }

 private:
  bool is_list() const { return raw_ != nullptr && raw_->type == REDIS_REPLY_ARRAY; }

  const redisReply* raw_;
};

class Reply {
 public:
  explicit Reply(redisReply* raw) : raw_(raw) {}
  Value value() const { return Value(raw_.get()); }
  Value operator[](std::size_t at) const { return value()[at]; }

 private:
  struct Free {
    void operator()(redisReply* raw) const { freeReplyObject(raw); }
  };
  std::unique_ptr<redisReply, Free> raw_;
};

}  // namespace ackproof::redis
