#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> custom_status_defects() { return {}; }

}  // namespace ackproof
