// From the words of `certify` to orders for the runner.
#pragma once

#include <string>

#include "contract/result.h"
#include "harness/cli/cli.h"
#include "harness/runner/runner.h"

namespace ackproof {

// What is the same for every provider that is asked for; the provider and its server are left open, except that
// `--rerun-failed` is about the first one.
//
// invalid    a word is not understood, or the record of `--rerun-failed` is of no use.
// not_found  everything in that record passed.
Result<Orders> orders_from(const CertifyCommand& command, const std::string& typed);

}  // namespace ackproof
