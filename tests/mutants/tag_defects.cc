#include "tests/mutants/defect.h"

namespace ackproof {

std::span<const Defect> tag_defects() { return {}; }

}  // namespace ackproof
