#include "contract/factory.h"

#include "reference_providers/redis/arguments.h"
#include "reference_providers/redis/items.h"
#include "reference_providers/redis/redis_provider.h"
#include "reference_providers/redis/store.h"

namespace ackproof::redis {

namespace {

// So many keys are looked at, or removed, by one command: the server serves others in between.
constexpr char kKeysAtATime[] = "500";

// The pattern of all keys of a store, of which only the end means more than itself.
std::string pattern_of(const std::string& tag) {
  std::string pattern;
  for (const char each : tag) {
    if (std::string_view("*?[]^-\\").find(each) != std::string_view::npos) pattern += '\\';
    pattern += each;
  }
  return pattern + ":*";
}

void remove_keys(Server& server, const Value& keys, Moment deadline) {
  if (keys.size() == 0) return;
  Command removal{"UNLINK"};
  for (std::size_t i = 0; i < keys.size(); ++i) removal.add(keys[i].view());
  server.ask(removal, deadline);
}

// Runs one damaging script beside the open handles.
Result<void> damage(const Scope& scope, const char* script, const Command& what) {
  try {
    Store store(scope.uri, scope.name, Scripts::standard());
    const Reply reply = store.answer(
        script, [&] { return what; }, soon());
    if (reply[1].number() == 0) {
      throw Refused(ErrorKind::not_found, "there is nothing to damage");
    }
    return {};
  } catch (...) {
    return translate(script);
  }
}

}  // namespace

Result<void> remove(const std::string& uri, const std::string& prefix) {
  try {
    Store store(uri, prefix, Scripts::standard());
    Server& server = store.server;
    server.ask({"EXISTS", server.tag() + ":store"}, soon());  // Finds the node that has it.
    const std::string pattern = pattern_of(server.tag());
    std::string cursor = "0";
    do {
      const Reply page =
          server.ask({"SCAN", cursor, "MATCH", pattern, "COUNT", kKeysAtATime}, soon());
      remove_keys(server, page[1], soon());
      cursor = page[0].text();
    } while (cursor != "0");
    return {};
  } catch (...) {
    return translate("remove");
  }
}

ProviderFactory factory(std::shared_ptr<const Scripts> scripts) {
  ProviderFactory factory;
  factory.name = "redis";
  factory.summary = "Redis: a store is the keys of one hash tag, on one server or in a cluster";
  factory.server = "redis";
  factory.open = [scripts = std::move(scripts)](const Scope& scope) {
    return open(scope.uri, scope.name, scope.clock, scripts);
  };
  factory.destroy = [](const Scope& scope) { (void)remove(scope.uri, scope.name); };
  factory.corrupt_history = [](const Scope& scope, const std::string& instance,
                               std::uint64_t execution) {
    return damage(scope, "corrupt_history", Command{instance}.add_id(execution));
  };
  factory.corrupt_message = [](const Scope& scope, const std::string& target, std::uint64_t id) {
    return damage(scope, "corrupt_message", Command{target, head_end_of(id)});
  };
  factory.corrupt_activity = [](const Scope& scope, const ActivityKey& key) {
    return damage(scope, "corrupt_activity",
                  Command{key.instance, key_text(key.execution, key.id)});
  };
  return factory;
}

ProviderFactory factory() { return factory(Scripts::standard()); }

}  // namespace ackproof::redis
