#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> session_renewal_validations() { return {}; }

}  // namespace ackproof
