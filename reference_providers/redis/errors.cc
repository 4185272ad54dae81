#include "reference_providers/redis/errors.h"

#include <algorithm>
#include <array>
#include <new>

namespace ackproof::redis {

namespace {

// The server is not able to now. A script meets these at its first write at the latest, so it has
// changed nothing: the server asks for memory and for the disk before it, and not again after it.
constexpr std::array<std::string_view, 12> kBusy = {
    "BUSY", "LOADING", "OOM",      "READONLY",    "MASTERDOWN", "MISCONF",
    "ASK",  "MOVED",   "TRYAGAIN", "CLUSTERDOWN", "NOREPLICAS", "NOMASTERLINK"};

// Before version 7 the code of an error within a script is behind a prefix and a hyphen.
std::string_view code_of(std::string_view reply) {
  constexpr std::string_view kWithin = "ERR Error running script";
  if (reply.substr(0, kWithin.size()) == kWithin) {
    const std::size_t hyphen = reply.find(": -");
    if (hyphen != std::string_view::npos) reply.remove_prefix(hyphen + 3);
  }
  return reply.substr(0, reply.find(' '));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ErrorKind kind_of(std::string_view reply) {
  const std::string_view code = code_of(reply);
  if (std::ranges::find(kBusy, code) != kBusy.end()) return ErrorKind::busy;
  if (contains(reply, "max number of clients") || contains(reply, "Script killed")) {
    return ErrorKind::busy;
  }
  if (code == "WRONGTYPE") return ErrorKind::corrupt;
  if (code == "WRONGPASS" || code == "NOAUTH") return ErrorKind::invalid;
  return ErrorKind::internal;
}

}  // namespace

Refused refusal_of(std::string_view reply) { return {kind_of(reply), std::string(reply)}; }

ErrorKind kind_named(std::string_view text) {
  for (const ErrorKind kind : {ErrorKind::lock_lost, ErrorKind::conflict, ErrorKind::not_found,
                               ErrorKind::invalid, ErrorKind::unsupported, ErrorKind::corrupt}) {
    if (name(kind) == text) return kind;
  }
  return ErrorKind::internal;
}

Error translate(std::string_view operation) {
  try {
    throw;
  } catch (const Refused& refused) {
    return {refused.kind(), std::string(operation), refused.what()};
  } catch (const std::bad_alloc&) {
    return {ErrorKind::busy, std::string(operation), "out of memory"};
  } catch (const std::exception& error) {
    return {ErrorKind::internal, std::string(operation), error.what()};
  } catch (...) {
    return {ErrorKind::internal, std::string(operation), "an unknown exception"};
  }
}

}  // namespace ackproof::redis
