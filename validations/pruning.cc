#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> pruning_validations() { return {}; }

}  // namespace ackproof
