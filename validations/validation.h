// A validation: one function that proves or refutes one claim of one clause, through the contract
// alone.
//
// It is a value, so the catalogue can be listed, filtered, counted and planned without running
// anything. Whether it is asked of a provider is decided beforehand, by its clause's capability,
// its level and its hook; no body ever skips itself.
#pragma once

#include <string>
#include <string_view>

#include "contract/factory.h"
#include "contract/requirements.h"

namespace ackproof {

class Context;

struct Validation {
  std::string_view name;  // A sentence in [a-z0-9_]: "expired_token_cannot_ack_turn".
  const Requirement& proves;
  void (*check)(Context&);
  Hook hook = Hook::none;                 // What the factory has to offer.
  Capability needs = Capability::queues;  // What it works with, besides what its clause needs.
  bool reopens = false;                   // Closes every handle: not asked of a volatile store.
  Level level = Level::functional;        // The lowest level at which it is asked.
  Capability unless = Capability::none;   // Asked only of who does not declare this.
  unsigned patience = 1;                  // How many time limits it may take.
  bool computes = false;                  // More than it waits: few such are asked at a time.
};

constexpr Validation heavy(Validation validation) {
  validation.patience = 3;
  validation.computes = true;
  return validation;
}

// Why this validation is not asked of a provider that declares this; empty when it is.
std::string why_not_applicable(const Validation& validation, const Description& description,
                               const ProviderFactory& factory);

}  // namespace ackproof
