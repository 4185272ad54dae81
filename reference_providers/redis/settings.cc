#include "reference_providers/redis/settings.h"

#include <map>
#include <optional>

namespace ackproof::redis {

namespace {

// The settings that match a pattern; nothing if the user may not see them.
std::optional<std::map<std::string, std::string>> configured(Server& server,
                                                             const std::string& pattern,
                                                             Moment deadline) {
  try {
    const Reply reply = server.ask({"CONFIG", "GET", pattern}, deadline);
    std::map<std::string, std::string> settings;
    for (std::size_t i = 0; i + 1 < reply.value().size(); i += 2) {
      settings.emplace(reply[i].text(), reply[i + 1].text());
    }
    return settings;
  } catch (const Refused& refused) {
    if (refused.kind() == ErrorKind::busy) throw;
    return std::nullopt;  // Forbidden, or renamed away.
  }
}

// The line `field:…` of what INFO tells; empty if it does not.
std::string informed(Server& server, const std::string& section, const std::string& field,
                     Moment deadline) {
  try {
    const Reply reply = server.ask({"INFO", section}, deadline);
    const std::string text = "\n" + reply.value().text();
    const std::string wanted = "\n" + field + ":";
    const std::size_t at = text.find(wanted);
    if (at == std::string::npos) return "";
    const std::size_t begin = at + wanted.size();
    return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  } catch (const Refused& refused) {
    if (refused.kind() == ErrorKind::busy) throw;
    return "";
  }
}

void demand_noeviction(Server& server, bool is_vouched, Moment deadline) {
  const auto policy = configured(server, "maxmemory-policy", deadline);
  if (!policy || policy->empty()) {
    if (is_vouched) return;
    throw Refused(ErrorKind::unsupported,
                  "the server does not let this user see whether its maxmemory-policy is "
                  "noeviction: allow CONFIG GET, or add noeviction=vouched to the address if it is");
  }
  const std::string& set = policy->begin()->second;
  if (set == "noeviction") return;
  throw Refused(ErrorKind::unsupported,
                "the server's maxmemory-policy is " + set +
                    ": it would throw parts of the store away to make room for others; set it to "
                    "noeviction");
}

// What outlives a crash, by how the append-only file is written. Snapshots alone lose what came
// after the latest one. A file that is written without syncing survives the server's end, not the
// machine's; so does what comes while the file is rewritten without syncing.
void read_durability(Server& server, Settings& settings, Moment deadline) {
  const auto appends = configured(server, "appendonly", deadline);
  if (!appends) {
    const bool is_appending = informed(server, "persistence", "aof_enabled", deadline) == "1";
    settings.durability = is_appending ? Durability::process_crash : Durability::is_volatile;
    return;
  }
  if (appends->find("appendonly") == appends->end() || appends->at("appendonly") != "yes") {
    settings.version += ", no append-only file";
    return;
  }
  auto sync = configured(server, "*appendfsync*", deadline).value();
  settings.version += ", appendfsync " + sync["appendfsync"];
  const bool always = sync["appendfsync"] == "always" && sync["no-appendfsync-on-rewrite"] == "no";
  settings.durability = always ? Durability::power_loss : Durability::process_crash;
}

}  // namespace

Settings read_settings(Server& server, bool vouches_for_noeviction, Moment deadline) {
  // Finds the node that has the store, whose settings count.
  server.ask({"EXISTS", server.tag() + ":store"}, deadline);
  demand_noeviction(server, vouches_for_noeviction, deadline);

  Settings settings;
  settings.version = "Redis " + informed(server, "server", "redis_version", deadline);
  read_durability(server, settings, deadline);
  const std::string replicas = informed(server, "replication", "connected_slaves", deadline);
  if (!replicas.empty() && replicas != "0") {
    settings.version += "; a failover may lose acknowledged turns";
  }
  return settings;
}

}  // namespace ackproof::redis
