#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> polling_defects() { return {}; }

}  // namespace ackproof
