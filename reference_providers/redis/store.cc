#include "reference_providers/redis/store.h"

namespace ackproof::redis {

namespace {

// The hash tag ends at the first closing brace, and an empty one is none.
std::string tag_of(const std::string& prefix) {
  if (prefix.empty() || prefix.find_first_of("{}") != std::string::npos) {
    throw Refused(ErrorKind::invalid, "the prefix of a store is not empty and has no braces");
  }
  return "{" + prefix + "}";
}

}  // namespace

Store::Store(const std::string& uri, const std::string& prefix,
             std::shared_ptr<const Scripts> which)
    : address(parse_address(uri)), scripts(std::move(which)), server(address, tag_of(prefix)) {}

Reply Store::answer(const std::string& script, const Server::Arguments& arguments,
                    Moment deadline) {
  while (true) {
    Reply reply = server.run((*scripts)[script], arguments, deadline);
    const std::string_view verdict = reply[0].view();
    if (verdict == "more") {
      if (std::chrono::steady_clock::now() < deadline) continue;
      throw Refused(ErrorKind::busy, "very much became due at once");
    }
    for (const char* good : {"ok", "nothing", "turn", "activity"}) {
      if (verdict == good) return reply;
    }
    throw Refused(kind_named(verdict), reply[1].text());
  }
}

}  // namespace ackproof::redis
