#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> session_defects() { return {}; }

}  // namespace ackproof
