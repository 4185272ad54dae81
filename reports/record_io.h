// The parts that several records and certificates have in common, and how a record is written as a document. Included by `.cc`
// files only.
#pragma once

#include "contract/json_io.h"
#include "reports/run.h"

namespace ackproof::json_io {

template <>
struct Spelling<Level> : Named<Level::functional, Level::resilient> {};

template <>
inline constexpr auto kFields<SuiteIdentity> = std::tuple{
    field("version", &SuiteIdentity::version),
    field("contract_version", &SuiteIdentity::contract_version),
    field("binary_digest", &SuiteIdentity::binary_digest),
};

template <>
inline constexpr auto kFields<Environment> = std::tuple{
    field("system", &Environment::system), field("compiler", &Environment::compiler),
    field("cores", &Environment::cores),   field("file_system", &Environment::file_system),
    field("server", &Environment::server),
};

// The record as a document that says first which schema it keeps.
template <class Record>
std::string write_document(std::string_view schema, const Record& record) {
  Json document = Json::object();
  document["schema"] = schema;
  document.update(encode(record, Text::replaced));
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// The record of such a document; throws Misfit.
template <class Record>
Record read_document(std::string_view schema, std::string_view text) {
  Json document = parse(text);
  const Place root;
  if (!document.is_object()) root.fail("an object is expected");
  const Place here{&root, "schema"};
  const auto found = document.find("schema");
  if (found == document.end()) here.fail("missing");
  if (*found != schema) here.fail(std::string(schema) + " is expected");
  document.erase(found);
  return decode<Record>(document, Text::replaced, root);
}

}  // namespace ackproof::json_io
