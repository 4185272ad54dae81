#include "validations/catalogue.h"

namespace ackproof {

std::span<const Validation> version_filter_validations() { return {}; }

}  // namespace ackproof
