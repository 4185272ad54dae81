// stress.json: the record as JSON, and back.
#pragma once

#include <string>
#include <string_view>

#include "contract/result.h"
#include "reports/stress.h"

namespace ackproof::reports {

// What a record names as the schema that it keeps.
inline constexpr std::string_view kStressSchema = "urn:ackproof:schema:stress:1";

// The record as JSON text (UTF-8, ends in a newline). Bytes that are not UTF-8 are replaced, so it never fails.
std::string write_stress(const Stress& stress);

// The record in `json`. `invalid` with the place and what is wrong there, for anything that write_stress would
// not have written, and for one that contradicts itself.
Result<Stress> read_stress(std::string_view json);

// One provider: what the process with the load reports. One line, without a newline.
std::string write_stressed(const Stressed& stressed);
Result<Stressed> read_stressed(std::string_view json);

}  // namespace ackproof::reports
