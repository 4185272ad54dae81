#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> deletion_validations() { return {}; }

}  // namespace ackproof
