// JSON of those parts of a record that stand in certificates, too. Included by `.cc` files only.
#pragma once

#include "contract/json_io.h"
#include "reports/run.h"

namespace ackproof::json_io {

template <>
struct Spelling<Level> : Named<Level::functional, Level::resilient> {};

template <>
inline constexpr auto kFields<Environment> = std::tuple{
    field("system", &Environment::system), field("compiler", &Environment::compiler),
    field("cores", &Environment::cores),   field("file_system", &Environment::file_system),
    field("server", &Environment::server),
};

}  // namespace ackproof::json_io
