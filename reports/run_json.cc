#include "reports/run_json.h"

#include <algorithm>

#include "contract/json_io.h"
#include "contract/profiles.h"
#include "contract/requirements.h"
#include "reports/record_io.h"

namespace ackproof {

namespace json_io {

namespace {

bool is_requirement(const std::string& id) {
  const Requirement* found = find_requirement(id);
  return found != nullptr && found->id == id;
}

bool is_shard(const Shard& shard) {
  return shard.index >= 1 && shard.index <= shard.count && shard.count <= kMostShards;
}

bool are_profiles(const std::vector<std::string>& names) {
  return std::ranges::all_of(names,
                             [](const std::string& name) { return find_profile(name) != nullptr; });
}

}  // namespace

template <>
struct Spelling<Outcome> : Named<Outcome::passed, Outcome::flaky> {};
template <>
struct Spelling<Exemption::Mode>
    : Named<Exemption::Mode::known_failing, Exemption::Mode::known_flaky> {};
template <>
struct Spelling<Force> : Named<Force::must, Force::should> {};

template <>
inline constexpr auto kFields<Failure> = std::tuple{
    field("text", &Failure::text),
    field("file", &Failure::file),
    field("line", &Failure::line),
};

template <>
inline constexpr auto kFields<Retry> = std::tuple{
    field("outcome", &Retry::outcome),
    field("reason", &Retry::reason),
    field("failures", &Retry::failures),
    field("took", &Retry::took),
};

template <>
inline constexpr auto kFields<Verdict> = std::tuple{
    field("validation", &Verdict::validation),
    field("requirement", &Verdict::requirement, is_requirement),
    field("level", &Verdict::level),
    field("outcome", &Verdict::outcome),
    field("reason", &Verdict::reason),
    field("failures", &Verdict::failures),
    field("calls", &Verdict::calls),
    field("output", &Verdict::output),
    field("seed", &Verdict::seed),
    field("attempts", &Verdict::attempts),
    field("retries", &Verdict::retries),
    field("repetition", &Verdict::repetition),
    field("took", &Verdict::took),
};

template <>
inline constexpr auto kFields<Shard> = std::tuple{
    field("index", &Shard::index),
    field("count", &Shard::count),
};

template <>
inline constexpr auto kFields<Selection> = std::tuple{
    field("profiles", &Selection::profiles, are_profiles),
    field("level", &Selection::level),
    field("clock", &Selection::clock),
    field("filter", &Selection::filter),
    field("requirements", &Selection::requirements),
    field("seed", &Selection::seed),
    field("repeat", &Selection::repeat),
    field("sequences", &Selection::sequences),
    field("sequence_length", &Selection::sequence_length),
    field("shard", &Selection::shard, is_shard),
};

template <>
inline constexpr auto kFields<Clause> = std::tuple{
    field("requirement", &Clause::requirement, is_requirement),
    field("force", &Clause::force),
    field("planned", &Clause::planned),
    field("untried", &Clause::untried),
};

template <>
inline constexpr auto kFields<Exemption> = std::tuple{
    field("subject", &Exemption::subject),   field("mode", &Exemption::mode),
    field("versions", &Exemption::versions), field("reason", &Exemption::reason),
    field("link", &Exemption::link),         field("owner", &Exemption::owner),
    field("expires", &Exemption::expires),
};

template <>
inline constexpr auto kFields<Run> = std::tuple{
    field("provider", &Run::provider),
    field("description", &Run::description),
    field("suite", &Run::suite),
    field("environment", &Run::environment),
    field("selection", &Run::selection),
    field("started_at", &Run::started_at),
    field("took", &Run::took),
    field("command", &Run::command),
    field("options", &Run::options),
    field("clauses", &Run::clauses),
    field("verdicts", &Run::verdicts),
    field("exemptions", &Run::exemptions),
    field("interrupted", &Run::interrupted),
};

}  // namespace json_io

namespace reports {

using json_io::Json;
using json_io::Place;
using json_io::Text;

namespace {

constexpr std::string_view kSchema = "urn:ackproof:schema:run:1";  // The `$id` of the schema.

template <class T>
std::string write_line(const T& value) {
  return json_io::encode(value, Text::replaced)
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class T>
Result<T> read_line(std::string_view operation, std::string_view json) {
  return json_io::reported(
      operation, [&] { return json_io::decode<T>(json_io::parse(json), Text::replaced, Place{}); });
}

}  // namespace

std::string write_run(const Run& run) { return json_io::write_document(kSchema, run); }

Result<Run> read_run(std::string_view json) {
  return json_io::reported("read_run", [&] { return json_io::read_document<Run>(kSchema, json); });
}

std::string write_exemptions(const std::vector<Exemption>& exemptions) {
  return write_line(exemptions);
}

std::string write_verdict(const Verdict& verdict) { return write_line(verdict); }

Result<Verdict> read_verdict(std::string_view json) {
  return read_line<Verdict>("read_verdict", json);
}

std::string write_description(const Description& description) { return write_line(description); }

Result<Description> read_description(std::string_view json) {
  return read_line<Description>("read_description", json);
}

}  // namespace reports

}  // namespace ackproof
