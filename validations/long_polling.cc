#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> long_polling_validations() { return {}; }

}  // namespace ackproof
