#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> custom_status_validations() { return {}; }

}  // namespace ackproof
