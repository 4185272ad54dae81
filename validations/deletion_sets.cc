#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> deletion_set_validations() { return {}; }

}  // namespace ackproof
