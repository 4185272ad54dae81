#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> key_value_validations() { return {}; }

}  // namespace ackproof
