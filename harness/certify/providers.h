// What is the same for every command that is about providers: which are meant, and what several of them come to.
#pragma once

#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/registry.h"

namespace ackproof {

// Names that are known, each once; `all` stands for every provider. `invalid` with a sentence for an unknown one.
Result<std::vector<std::string>> providers_from(const Registry& registry,
                                                const std::vector<std::string>& names);

// Whether `names` has `all` among them, which is several however many there are.
bool asks_for_all(const std::vector<std::string>& names);

// Why the address of a server makes no sense for so many providers; empty when it does, or when there is none.
std::string trouble_with_address(const std::string& uri, std::size_t providers);

// The exit code of several providers is the first of 130, 4, 6, 1, 3, 2, 5, 0 that one of them has. An interrupt says
// that the rest is unknown. Then what somebody has to change: an exemption that is wrong, what became worse, a refuted
// clause, which stands whatever else could not be decided or started.
int worst_of(const std::vector<int>& codes);

}  // namespace ackproof
