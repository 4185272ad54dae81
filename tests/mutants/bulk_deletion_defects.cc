#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> bulk_deletion_defects() { return {}; }

}  // namespace ackproof
