#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> deletion_defects() { return {}; }

}  // namespace ackproof
