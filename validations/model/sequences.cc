#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> sequence_validations() { return {}; }

}  // namespace ackproof
