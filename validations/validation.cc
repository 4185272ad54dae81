#include "validations/validation.h"

namespace ackproof {

std::string why_not_applicable(const Validation& validation, const Description& description,
                               const ProviderFactory& factory) {
  const Capabilities& declared = description.capabilities;
  for (const Capability needed : {validation.proves.needs, validation.needs}) {
    if (needed == Capability::none || declared.facets.has(needed)) continue;
    return "the provider does not declare " + std::string(name(needed));
  }
  if (validation.unless != Capability::none && declared.facets.has(validation.unless)) {
    return "the provider declares " + std::string(name(validation.unless));
  }
  if (validation.reopens && declared.durability == Durability::is_volatile) {
    return "the provider does not declare that anything outlives its last handle";
  }
  if (!offers(factory, validation.hook)) {
    return "needs the hook " + std::string(name(validation.hook));
  }
  return {};
}

}  // namespace ackproof
