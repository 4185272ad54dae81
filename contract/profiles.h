// Profiles say which features are certified, levels say how hard they were tried.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "contract/requirements.h"

namespace ackproof {

struct Profile {
  std::string_view name;
  std::string_view summary;
  std::span<const std::string_view> areas;  // Of requirement ids: "ACK".
  std::span<const Capability> needs;        // A provider without one of these cannot earn it.
};

namespace profile_data {
inline constexpr std::string_view kEverywhere[] = {"CAP", "ERR", "DUR", "CONC"};
inline constexpr std::string_view kCore[] = {"ACK",  "TURN", "LOCK", "WORK", "POISON",
                                             "HIST", "TEXT", "TIME", "ENG"};
inline constexpr std::string_view kEngine[] = {"ACK",  "TURN", "LOCK", "WORK", "POISON",
                                               "HIST", "TEXT", "TIME", "ENG",  "SESS",
                                               "TAG",  "VER",  "STAT", "KV"};
inline constexpr std::string_view kAdmin[] = {"ACK",  "TURN", "LOCK", "WORK", "POISON", "HIST",
                                              "TEXT", "TIME", "ENG",  "MGMT", "DEL",    "PRUNE"};
inline constexpr std::string_view kPolling[] = {"ACK",  "TURN", "LOCK", "WORK", "POISON",
                                                "HIST", "TEXT", "TIME", "ENG",  "POLL"};
inline constexpr std::string_view kBatch[] = {"BATCH"};
inline constexpr std::string_view kEventStore[] = {"EVST"};
inline constexpr std::string_view kContext[] = {"CTX"};

inline constexpr Capability kNeedsCore[] = {Capability::queues};
inline constexpr Capability kNeedsEngine[] = {Capability::queues,        Capability::sessions,
                                              Capability::tags,          Capability::version_filter,
                                              Capability::custom_status, Capability::key_value};
inline constexpr Capability kNeedsAdmin[] = {Capability::queues, Capability::management,
                                             Capability::deletion, Capability::pruning};
inline constexpr Capability kNeedsPolling[] = {Capability::queues, Capability::long_polling};
inline constexpr Capability kNeedsBatch[] = {Capability::batch};
inline constexpr Capability kNeedsEventStore[] = {Capability::event_store};
inline constexpr Capability kNeedsContext[] = {Capability::context_store};
}  // namespace profile_data

inline constexpr Profile kProfiles[] = {
    {"core", "Turns, activities, locks, attempts, history, values, time, and workflows.",
     profile_data::kCore, profile_data::kNeedsCore},
    {"engine", "core, and sessions, tags, version filter, custom status and key-value.",
     profile_data::kEngine, profile_data::kNeedsEngine},
    {"admin", "core, and management, deletion and pruning.", profile_data::kAdmin,
     profile_data::kNeedsAdmin},
    {"polling", "core, and fetches that wait for work.", profile_data::kPolling,
     profile_data::kNeedsPolling},
    {"transactional", "Batches of operations that take effect wholly or not at all.",
     profile_data::kBatch, profile_data::kNeedsBatch},
    {"event_store", "Streams of events with expected ids, and snapshots.",
     profile_data::kEventStore, profile_data::kNeedsEventStore},
    {"context", "Write-once outputs per node of a flow, and globals.", profile_data::kContext,
     profile_data::kNeedsContext},
};

constexpr std::span<const Profile> profiles() { return kProfiles; }

// The profile of this name, or null.
constexpr const Profile* find_profile(std::string_view name) {
  const auto* found = std::ranges::find(kProfiles, name, &Profile::name);
  return found == std::end(kProfiles) ? nullptr : found;
}

// Whether the clause belongs to the profile. CAP, ERR, DUR and CONC belong to every one, and so does
// POLL_3, which binds those who cannot earn the profile polling.
constexpr bool includes(const Profile& profile, const Requirement& clause) {
  return clause.id == "POLL_3" ||
         std::ranges::find(profile_data::kEverywhere, clause.area()) !=
             std::end(profile_data::kEverywhere) ||
         std::ranges::find(profile.areas, clause.area()) != profile.areas.end();
}

// A capability that the profile needs and the provider does not declare, if there is one.
constexpr std::optional<Capability> missing_for(const Profile& profile,
                                                const Capabilities& capabilities) {
  for (const Capability needed : profile.needs) {
    if (!capabilities.facets.has(needed)) return needed;
  }
  return std::nullopt;
}

}  // namespace ackproof
