#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> management_validations() { return {}; }

}  // namespace ackproof
