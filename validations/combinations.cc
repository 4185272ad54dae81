#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> combination_validations() { return {}; }

}  // namespace ackproof
