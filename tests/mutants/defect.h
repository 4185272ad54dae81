// How a broken provider is made: a decorator that changes one behaviour of a good one.
//
// A defect derives from ForwardingProvider and overrides what it breaks, in general: it never looks
// for the names, ids or payloads of a test. What handles of one store have to share (tokens seen,
// messages held back) goes into the defect's `Shared`, of which there is one per store.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "contract/forwarding_provider.h"
#include "harness/registry.h"

namespace ackproof {

// For defects whose handles share nothing.
struct NothingShared {};

// Which good provider it spoils. Most spoil the memory provider; what is about facets that are not
// declared spoils one that has the queues only, and what is about reopening needs a durable one.
enum class Spoils : std::uint8_t { memory, bare_memory, sqlite };

struct Defect {
  const char* name;  // A short sentence in [a-z0-9_] about the provider: "ack_keeps_its_lock".
  const Requirement& breaks;
  const char* summary;  // One line: what it does wrong.
  // Makes one handle's decorator; `scope` names the store.
  std::unique_ptr<Provider> (*spoil)(std::unique_ptr<Provider> inner, const Scope& scope);
  Spoils base = Spoils::memory;
};

// The per-store part of a defect, made at the first handle on the store.
template <class Shared>
std::shared_ptr<Shared> shared_of(const Scope& scope) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Shared>> all;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Shared>& shared = all[scope.name];
  if (!shared) shared = std::make_shared<Shared>();
  return shared;
}

// The `spoil` of a defect class D(inner).
template <class D>
std::unique_ptr<Provider> spoil_with(std::unique_ptr<Provider> inner, const Scope&) {
  return std::make_unique<D>(std::move(inner));
}

// The `spoil` of a defect class D(inner, shared) with a nested struct D::Shared.
template <class D>
std::unique_ptr<Provider> spoil_sharing(std::unique_ptr<Provider> inner, const Scope& scope) {
  return std::make_unique<D>(std::move(inner), shared_of<typename D::Shared>(scope));
}

// The defects of each file.
std::span<const Defect> commit_defects();          // ACK
std::span<const Defect> fetch_defects();           // TURN
std::span<const Defect> lock_defects();            // LOCK, TIME
std::span<const Defect> activity_defects();        // WORK, POISON
std::span<const Defect> history_defects();         // HIST, TEXT
std::span<const Defect> error_defects();           // CAP, ERR
std::span<const Defect> durability_defects();      // DUR
std::span<const Defect> session_defects();         // SESS_1, SESS_6
std::span<const Defect> tag_defects();             // TAG
std::span<const Defect> version_defects();         // VER
std::span<const Defect> custom_status_defects();   // STAT
std::span<const Defect> key_value_defects();       // KV_1, KV_2
std::span<const Defect> value_place_defects();     // KV_3 to KV_5
std::span<const Defect> management_defects();      // MGMT_1
std::span<const Defect> deletion_defects();        // DEL_1, DEL_4
std::span<const Defect> deletion_set_defects();    // DEL_3
std::span<const Defect> depth_defects();           // MGMT_2, MGMT_3
std::span<const Defect> leftover_defects();        // DEL_2: queues and locks
std::span<const Defect> leftover_facet_defects();  // DEL_2: records and facets
std::span<const Defect> late_ack_defects();        // ACK_13
std::span<const Defect> bulk_deletion_defects();   // DEL_5
std::span<const Defect> pruning_defects();         // PRUNE_1
std::span<const Defect> pruning_option_defects();  // PRUNE_2
std::span<const Defect> admin_argument_defects();  // ERR, CAP, LOCK_9: of the three facets above
std::span<const Defect> polling_defects();         // POLL
std::span<const Defect> event_store_defects();     // EVST
std::span<const Defect> context_store_defects();   // CTX
std::span<const Defect> continuation_defects();    // ACK, TURN: beside a continue-as-new or a child's start
std::span<const Defect> stale_handle_defects();    // CTX, EVST: by handles that remember
std::span<const Defect> store_argument_defects();  // CAP, ERR, DUR: of the two facets above
std::span<const Defect> model_defects();           // CONC_4
std::span<const Defect> sequence_defects();  // What only shows where features meet: any clause
std::span<const Defect> bound_defects();     // What only shows beyond some number or time
std::span<const Defect> engine_defects();    // ENG

std::span<const Defect> session_ownership_defects();  // SESS_2
std::span<const Defect> session_renewal_defects();    // SESS_3
std::span<const Defect> session_cleanup_defects();    // SESS_4, SESS_5
std::span<const Defect> routing_defects();  // Values of sessions and tags: TEXT, ERR, CAP, TIME

}  // namespace ackproof
