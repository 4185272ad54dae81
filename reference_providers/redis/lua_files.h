// The files in lua/, as the build put them into the program.
#pragma once

#include <span>
#include <string_view>

namespace ackproof::redis {

struct LuaFile {
  std::string_view name;  // "ack_turn"
  std::string_view text;
};

std::span<const LuaFile> lua_files();

}  // namespace ackproof::redis
