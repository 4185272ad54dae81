// How ops become calls: the player and what it shares between its files.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/factory.h"
#include "validations/build.h"
#include "validations/expect.h"
#include "validations/model/model.h"
#include "validations/model/op.h"
#include "validations/trace.h"

namespace ackproof::model {

// What a call was answered, and what the model says instead; nothing when they agree.
using Complaint = std::optional<std::string>;

// --- Dictionaries: few of each, so that they meet, and none of them harmless

// Equal but for case, one a prefix of another, one that looks like a pattern and is four bytes wide.
inline const std::array<std::string, 4> kInstances = {"i1", "i10", "I1", "%_'*[\U0001F4E6"};
inline const std::array<std::optional<std::string>, 4> kSessions = {std::nullopt, "s", "S", "s'--"};
inline const std::array<std::optional<std::string>, 4> kTags = {std::nullopt, "gpu", "", "gpu"};
inline const std::array<std::string, 2> kOwners = {"worker-1", "worker-10"};
inline const std::array<std::string, 2> kKeys = {"", "color"};
// As text or packed into one number these compare otherwise.
inline constexpr std::array<EngineVersion, 4> kVersions = {
    EngineVersion{1, 0, 0}, EngineVersion{1, 0, 1'500}, EngineVersion{1, 10, 0},
    EngineVersion{1, 9, 0}};

inline constexpr Duration kSpan{1'000};
// Around a span, so that the moments before, at and after its end meet each other. Locks are mostly
// longer than what passes, else hardly anything would be acked in time.
inline constexpr std::array<Duration, 8> kLocks = {
    kSpan * 10, kSpan, kSpan * 10, kSpan + Duration(1), kSpan * 2, kSpan, Duration(1), kLongLock};
inline constexpr std::array<Duration, 8> kSpans = {
    kSpan,    kSpan - Duration(1), kSpan + Duration(1), kSpan * 2, kSpan * 10, Duration(1), kSpan,
    kSpan * 9};

template <class List>
const auto& pick(const List& list, unsigned number) {
  return list[number % list.size()];
}

constexpr unsigned bits(unsigned number, unsigned from, unsigned count) {
  return (number >> from) & ((1U << count) - 1);
}
// --- Comparing

template <class T>
Complaint differs(const std::string& what, const T& said, const T& answered) {
  if (said == answered) return std::nullopt;
  return what + "\n  the model:    " + testing::PrintToString(said) +
         "\n  the provider: " + testing::PrintToString(answered);
}

inline std::string names_of(const Refusals& kinds) {
  std::string text;
  for (const ErrorKind kind : kinds) text += (text.empty() ? "" : " or ") + std::string(name(kind));
  return text;
}

// Whether the call was accepted or refused as the model demands.
template <class T>
Complaint judge(const std::string& what, const Refusals& why, const Result<T>& answer) {
  if (answer && why.empty()) return std::nullopt;
  if (answer) return what + " succeeded, but must fail with " + names_of(why);
  const Error& error = answer.error();
  if (std::ranges::find(why, error.kind) != why.end()) return std::nullopt;
  return what + " failed with " + std::string(name(error.kind)) + " (" + error.message +
         "), but must " + (why.empty() ? "succeed" : "fail with " + names_of(why));
}

// The answer, if it is there and equal to what the model says.
template <class T>
Complaint compare(const std::string& what, const T& said, const Result<T>& answer) {
  if (Complaint complaint = judge(what, {}, answer)) return complaint;
  return differs(what, said, answer.value());
}

inline std::vector<std::string> sorted(std::vector<std::string> list) {
  std::ranges::sort(list);
  return list;
}
// --- The player

using Tokens = std::vector<LockToken>;  // All that one queue handed out, the newest last.

inline bool contains(const Tokens& tokens, const LockToken& token) {
  return std::ranges::find(tokens, token) != tokens.end();
}

class Player {
 public:
  Player(const ProviderFactory& factory, const Scope& scope, std::shared_ptr<ManualClock> clock,
         std::shared_ptr<Trace> trace)
      : factory_(factory), scope_(scope), clock_(std::move(clock)), trace_(std::move(trace)) {
    open();
    description_ = handles_[0]->describe();
  }

  Complaint play(const Op& op);

  // Reads all that can be read, then lets everything fall due and takes all that can be taken.
  Complaint settle();

  // Settles, and deletes whatever there is.
  Complaint start_over();

 private:
  // Plain names for what ops refer to.
  const std::string& instance(const Op& op) const { return pick(kInstances, op.who); }
  bool has(Capability facet) const { return description_.capabilities.facets.has(facet); }
  bool is_virtual() const { return clock_ != nullptr; }
  Time now() const { return is_virtual() ? clock_->now() : SystemClock().now(); }
  Provider& provider() { return *handles_[handle_]; }
  std::string fresh() const { return "p" + std::to_string(played_); }  // Tells values apart.

  void open();
  Duration lock_for(unsigned number) const;
  Duration session_for(unsigned number) const;
  Duration delay_for(unsigned number) const;
  LockToken token(const Tokens& own, const Tokens& others, const Op& op) const;
  Message message(const Op& op) const;
  Activity activity(const std::string& of, unsigned number) const;
  std::optional<std::string> opened_by(const LockToken& token) const;
  TurnCommit commit(const Op& op, const LockToken& token) const;
  void add_metadata(TurnCommit& commit, unsigned number) const;
  Message sent(const std::string& target, unsigned n, unsigned number) const;
  void add_items(TurnCommit& commit, const std::string& of, unsigned number) const;
  void add_facets(TurnCommit& commit, unsigned number) const;
  std::optional<Time> bound(unsigned number) const;

  Complaint enqueue_message(const Op& op);
  Complaint fetch_turn(const Op& op);
  Complaint ack_turn(const Op& op);
  Complaint abandon_turn(const Op& op);
  Complaint renew_turn(const Op& op);
  Complaint enqueue_activity(const Op& op);
  Complaint fetch_activity(const Op& op);
  Complaint ack_activity(const Op& op);
  Complaint abandon_activity(const Op& op);
  Complaint renew_activity(const Op& op);
  Complaint renew_sessions(const Op& op);
  Complaint cleanup_sessions();
  Complaint delete_instance(const Op& op);
  Complaint delete_instances(const Op& op);
  Complaint delete_set(const std::vector<std::string>& members, bool force);
  Complaint delete_matching(const Op& op);
  Complaint remove_gone(const std::vector<std::string>& roots, const DeletionCounts& answer,
                        std::vector<std::string>& gone);
  Complaint prune_instance(const Op& op);
  Complaint prune_matching(const Op& op);
  Complaint advance(const Op& op);
  Complaint read(const std::string& instance);
  Complaint read_facets(const std::string& instance);
  Complaint read_managed(const std::string& instance);
  Complaint read_store();
  Complaint drain();
  Complaint look_at_everything();

  const ProviderFactory& factory_;
  Scope scope_;
  std::shared_ptr<ManualClock> clock_;  // Null in real time.
  std::shared_ptr<Trace> trace_;
  std::array<std::unique_ptr<Provider>, 2> handles_;
  Description description_;
  Model model_;
  Tokens turn_tokens_;
  std::map<std::string, std::string> turn_instances_;
  Tokens activity_tokens_;
  std::size_t played_ = 0;
  std::size_t handle_ = 0;  // Which one the present call goes to.
};
}  // namespace ackproof::model
