#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> queue_depth_validations() { return {}; }

}  // namespace ackproof
