// Which worker gets which activity: what validations of sessions and tags are written with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/provider.h"
#include "validations/build.h"
#include "validations/context.h"

namespace ackproof {

using TagKind = TagFilter::Kind;

// --- What to fetch. Locks on items and on sessions last long unless said otherwise.

inline FetchActivity unclaimed() { return {.lock_timeout = kLongLock}; }

inline FetchActivity as(const std::string& owner, Duration session_timeout = kLongLock,
                        Duration lock_timeout = kLongLock) {
  return {.lock_timeout = lock_timeout,
          .session = SessionClaim{.owner = owner, .lock_timeout = session_timeout}};
}

inline FetchActivity filtered(TagKind kind, std::vector<std::string> tags = {}) {
  return {.lock_timeout = kLongLock, .tags = {.kind = kind, .tags = std::move(tags)}};
}

inline FetchActivity only(std::vector<std::string> tags) {
  return filtered(TagKind::tags, std::move(tags));
}

// Both rules at once.
inline FetchActivity as(const std::string& owner, const TagFilter& tags) {
  FetchActivity options = as(owner);
  options.tags = tags;
  return options;
}

// --- Steps

inline void enqueue(Provider& provider, const std::vector<Activity>& items) {
  for (const Activity& item : items) provider.enqueue_activity(item).value();
}

// The same in one step, for large numbers. The instance queue has to be empty; an instance "source"
// is left behind.
inline void enqueue_by_commit(Provider& provider, const std::vector<Activity>& items) {
  provider.enqueue_message(start("source")).value();
  provider.ack_turn(take_turn(provider).token, {.activities = items}).value();
}

// Takes and acks every activity that this fetch gets, in the order they come.
inline std::vector<Activity> drain(Provider& provider, const FetchActivity& options) {
  constexpr std::size_t kMost = 5'000;
  std::vector<Activity> all;
  while (auto locked = provider.fetch_activity(options).value()) {
    provider.ack_activity(locked->token, std::nullopt).value();
    all.push_back(std::move(locked->activity));
    if (all.size() > kMost) throw StepFailed("acked activities come back without end");
  }
  return all;
}

// A fetch among others that run at the same time.
inline std::optional<LockedActivity> contend(Provider& provider, const FetchActivity& options) {
  return insist([&] { return provider.fetch_activity(options); }).value();
}

// Makes `owner` the owner of a session for long, by an activity that is acked at once. No other
// activity may be eligible.
inline void claim(Provider& provider, const std::string& owner, const std::string& session) {
  provider.enqueue_activity(bound("claims", 1, session)).value();
  provider.ack_activity(take_activity(provider, as(owner)).token, std::nullopt).value();
}

// The same, for the length of the window that it returns.
inline Window claim_for_a_window(Context& ctx, Provider& provider, const std::string& owner,
                                 const std::string& session) {
  provider.enqueue_activity(bound("claims", 1, session)).value();
  const Window window = ctx.window();
  const LockedActivity held = take_activity(provider, as(owner, window.length));
  provider.ack_activity(held.token, std::nullopt).value();
  return window;
}

// Renews the sessions of these owners, of which none is idle for so long.
inline std::uint64_t renewed(Provider& provider, const std::vector<std::string>& owners,
                             Duration extend_for = kLongLock, Duration idle_timeout = kLongLock) {
  return provider
      .renew_sessions({.owners = owners, .extend_for = extend_for, .idle_timeout = idle_timeout})
      .value();
}

// --- Views

inline std::vector<Activity> by_id(std::vector<Activity> list) {
  std::ranges::stable_sort(list, {}, &Activity::id);
  return list;
}

// --- Texts

// Short texts that are easily taken for one another or for syntax, all different as bytes.
inline std::vector<std::string> confusable_texts() {
  return {"gpu",
          "GPU",
          "Gpu",
          "gpu ",
          " gpu",
          "gpu\t",
          "gpu\n",
          "gp",
          "gpu2",
          "gpu%",
          "g%",
          "%",
          "_pu",
          "g_u",
          "gp?",
          "*",
          "?",
          "[a-z]*",
          "gpu,cpu",
          "cpu",
          "gpu|cpu",
          "gpu cpu",
          "gpu;cpu",
          "'",
          "''",
          "\"gpu\"",
          "'gpu'",
          "x' OR '1'='1",
          "gpu'; DROP TABLE activities; --",
          "gpu\\",
          "\\",
          "gpu:1",
          "gpu/1",
          "gpu.1",
          "null",
          "NULL",
          "None",
          "default",
          "any",
          "none",
          "{\"gpu\":1}",
          "[\"gpu\"]",
          "{}",
          "$1",
          "?1",
          ":1",
          "0",
          "00",
          "1",
          "1.0",
          "1e0",
          "true",
          " ",
          "  ",
          "caf\u00E9",
          "cafe\u0301",
          "cafe",
          "stra\u00DFe",
          "strasse",
          "\u212A",
          "k",
          "\u202Eupg",
          "\uFEFFgpu",
          "gpu\u200B",
          "\u6F22",
          "\U0001F600",
          "\U0001F601",
          std::string(kLongestId, 'x'),
          std::string(kLongestId - 1, 'x') + "y",
          std::string(kLongestId - 1, 'x')};
}

}  // namespace ackproof
