// Who judges, and where: what a report needs so that somebody else can judge again.
#pragma once

#include "reports/run.h"

namespace ackproof {

// The version of the suite and of the contract, and the SHA-256 of this executable.
SuiteIdentity suite_identity();

Environment environment();

}  // namespace ackproof
