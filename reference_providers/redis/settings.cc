#include "reference_providers/redis/settings.h"

#include <optional>
#include <vector>

namespace ackproof::redis {

namespace {

// The answer to CONFIG GET with one name; nothing if the user may not see it, or there is no such
// setting.
std::optional<std::string> configured(const Reply& reply) {
  if (!reply.value().is_error()) return reply[1].optional_text();
  const Refused refused = refusal_of(reply.value().view());
  if (refused.kind() == ErrorKind::busy) throw refused;
  return std::nullopt;
}

// The line `field:…` of what INFO tells; empty if it does not.
std::string informed(const Reply& info, const std::string& field) {
  if (info.value().is_error()) return "";
  const std::string text = "\n" + info.value().text();
  const std::string wanted = "\n" + field + ":";
  const std::size_t at = text.find(wanted);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + wanted.size();
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

void demand_noeviction(const std::optional<std::string>& policy, bool is_vouched) {
  if (!policy && is_vouched) return;
  if (!policy) {
    throw Refused(
        ErrorKind::unsupported,
        "the server does not let this user see whether its maxmemory-policy is "
        "noeviction: allow CONFIG GET, or add noeviction=vouched to the address if it is");
  }
  if (*policy == "noeviction") return;
  throw Refused(ErrorKind::unsupported,
                "the server's maxmemory-policy is " + *policy +
                    ": it would throw parts of the store away to make room for others; set it to "
                    "noeviction");
}

}  // namespace

Settings read_settings(Server& server, bool vouches_for_noeviction, Moment deadline) {
  // The first finds the node that has the store, whose settings count.
  const std::vector<Reply> replies = server.ask_all({{"EXISTS", server.tag() + ":store"},
                                                     {"CONFIG", "GET", "maxmemory-policy"},
                                                     {"CONFIG", "GET", "appendonly"},
                                                     {"CONFIG", "GET", "appendfsync"},
                                                     {"CONFIG", "GET", "no-appendfsync-on-rewrite"},
                                                     {"INFO"}},
                                                    deadline);
  demand_noeviction(configured(replies[1]), vouches_for_noeviction);
  const auto appends = configured(replies[2]);
  const auto syncs = configured(replies[3]);
  const Reply& info = replies[5];

  // Snapshots alone lose what came after the latest one. An append-only file that is written
  // without syncing survives the end of the server, not that of the machine; and one that is synced
  // always may leave it while the file is rewritten.
  Settings settings;
  settings.version = "Redis " + informed(info, "redis_version");
  if (appends == "yes" || (!appends && informed(info, "aof_enabled") == "1")) {
    const bool is_synced = syncs == "always" && configured(replies[4]) == "no";
    settings.durability = is_synced ? Durability::power_loss : Durability::process_crash;
    settings.version += syncs ? ", appendfsync " + *syncs : ", append-only file";
  } else {
    settings.version += ", no append-only file";
  }
  const std::string replicas = informed(info, "connected_slaves");
  if (!replicas.empty() && replicas != "0") {
    settings.version += "; a failover may lose acknowledged turns";
  }
  return settings;
}

}  // namespace ackproof::redis
