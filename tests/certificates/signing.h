// A key that everybody knows, and a record and a requirement set that fit each other, for tests.
#pragma once

#include <string>

#include "certificates/certificate.h"
#include "reports/run.h"

namespace ackproof::certificates {

using Record = ackproof::Run;  // In the body of a TEST, `Run` is a method of GoogleTest's.

// The first key pair of RFC 8032's test vectors, and another pair.
SigningKey known_key();
SigningKey other_key();

// A set that asks one validation of each clause, as reports::certified_run() has them.
RequirementSet small_set();

// Ann vouches for a year from noon on 2026-05-04 on.
Terms sample_terms();
std::chrono::sys_seconds sample_time();  // Within that year.

// `statement`, signed.
std::string signed_with(const SigningKey& key, const std::string& statement);

}  // namespace ackproof::certificates
