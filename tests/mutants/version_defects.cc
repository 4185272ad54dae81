#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> version_defects() { return {}; }

}  // namespace ackproof
