#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> bulk_deletion_validations() { return {}; }

}  // namespace ackproof
