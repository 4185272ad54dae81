#include "reports/stress_json.h"

#include "reports/record_io.h"

namespace ackproof {

namespace json_io {

template <>
struct Spelling<StressLook> : Named<StressLook::none, StressLook::fetches> {};
template <>
struct Spelling<StressFault> : Named<StressFault::lost, StressFault::unreadable> {};
template <>
struct Spelling<StressEnd> : Named<StressEnd::complete, StressEnd::not_begun> {};

template <>
inline constexpr auto kFields<StressSettings> = std::tuple{
    field("load", &StressSettings::load),
    field("duration", &StressSettings::duration),
    field("workflows", &StressSettings::workflows),
    field("in_flight", &StressSettings::in_flight),
    field("turn_workers", &StressSettings::turn_workers),
    field("activity_workers", &StressSettings::activity_workers),
    field("activity", &StressSettings::activity),
    field("payload_bytes", &StressSettings::payload_bytes),
    field("drain", &StressSettings::drain),
    field("seed", &StressSettings::seed),
};

template <>
inline constexpr auto kFields<LatencyBucket> = std::tuple{
    field("up_to_us", &LatencyBucket::up_to_us),
    field("count", &LatencyBucket::count),
};

template <>
inline constexpr auto kFields<Latency> = std::tuple{
    field("p50_us", &Latency::p50_us),   field("p95_us", &Latency::p95_us),
    field("p99_us", &Latency::p99_us),   field("max_us", &Latency::max_us),
    field("buckets", &Latency::buckets),
};

template <>
inline constexpr auto kFields<StressCounts> = std::tuple{
    field("load", &StressCounts::load),       field("started", &StressCounts::started),
    field("right", &StressCounts::right),     field("wrong", &StressCounts::wrong),
    field("lost", &StressCounts::lost),       field("unfinished", &StressCounts::unfinished),
    field("latency", &StressCounts::latency),
};

template <>
inline constexpr auto kFields<StressActivities> = std::tuple{
    field("scheduled", &StressActivities::scheduled),
    field("recorded", &StressActivities::recorded),
    field("recorded_again", &StressActivities::recorded_again),
    field("unanswered", &StressActivities::unanswered),
    field("executed_again", &StressActivities::executed_again),
};

template <>
inline constexpr auto kFields<StressQueues> = std::tuple{
    field("look", &StressQueues::look),
    field("drained", &StressQueues::drained),
    field("left", &StressQueues::left),
};

template <>
inline constexpr auto kFields<StressUsage> = std::tuple{
    field("peak_bytes", &StressUsage::peak_bytes),
    field("user_us", &StressUsage::user_us),
    field("system_us", &StressUsage::system_us),
};

template <>
inline constexpr auto kFields<StressSecond> = std::tuple{
    field("started", &StressSecond::started),
    field("ended", &StressSecond::ended),
    field("under_way", &StressSecond::under_way),
    field("slowest_us", &StressSecond::slowest_us),
};

template <>
inline constexpr auto kFields<StressFinding> = std::tuple{
    field("instance", &StressFinding::instance),
    field("fault", &StressFinding::fault),
    field("said", &StressFinding::said),
};

template <>
inline constexpr auto kFields<StressPhases> = std::tuple{
    field("ramp_us", &StressPhases::ramp_us),
    field("feed_us", &StressPhases::feed_us),
    field("whole_us", &StressPhases::whole_us),
    field("ended_between", &StressPhases::ended_between),
    field("between_us", &StressPhases::between_us),
};

template <>
inline constexpr auto kFields<Stressed> = std::tuple{
    field("provider", &Stressed::provider),
    field("version", &Stressed::version),
    field("store_version", &Stressed::store_version),
    field("environment", &Stressed::environment),
    field("end", &Stressed::end),
    field("trouble", &Stressed::trouble),
    field("all", &Stressed::all),
    field("loads", &Stressed::loads),
    field("activities", &Stressed::activities),
    field("looked_again", &Stressed::looked_again),
    field("queues", &Stressed::queues),
    field("phases", &Stressed::phases),
    field("client", &Stressed::client),
    field("server", &Stressed::server),
    field("load_before", &Stressed::load_before),
    field("load_after", &Stressed::load_after),
    field("seconds", &Stressed::seconds),
    field("findings", &Stressed::findings),
    field("more_findings", &Stressed::more_findings),
};

template <>
inline constexpr auto kFields<Stress> = std::tuple{
    field("suite", &Stress::suite),           field("settings", &Stress::settings),
    field("started_at", &Stress::started_at), field("command", &Stress::command),
    field("providers", &Stress::providers),
};

}  // namespace json_io

namespace reports {

using json_io::Json;
using json_io::Text;

std::string write_stress(const Stress& stress) {
  return json_io::write_document(kStressSchema, stress);
}

Result<Stress> read_stress(std::string_view json) {
  constexpr std::string_view kOperation = "read_stress";
  Result<Stress> stress = json_io::reported(
      kOperation, [&] { return json_io::read_document<Stress>(kStressSchema, json); });
  if (!stress) return stress;
  const std::string contradiction = contradiction_in(stress.value());
  if (!contradiction.empty()) {
    return Error{ErrorKind::invalid, std::string(kOperation), contradiction};
  }
  return stress;
}

std::string write_stressed(const Stressed& stressed) {
  return json_io::encode(stressed, Text::replaced)
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Stressed> read_stressed(std::string_view json) {
  return json_io::reported("read_stressed", [&] {
    return json_io::decode<Stressed>(json_io::parse(json), Text::replaced, json_io::Place{});
  });
}

}  // namespace reports

}  // namespace ackproof
