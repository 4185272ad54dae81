// What this program's suite asks: contract and catalogue, for whoever issues or checks certificates.
#pragma once

#include "certificates/requirement_set.h"

namespace ackproof {

certificates::RequirementSet requirement_set();

}  // namespace ackproof
