// The files of harness/authors/templates/, as the build put them into the program.
#pragma once

#include <span>
#include <string_view>

namespace ackproof {

struct Template {
  std::string_view name;  // "main.cc.in"
  std::string_view text;  // `@NAME@` stands for the provider's name, `@VERSION@` for ackproof's.
};

std::span<const Template> templates();

}  // namespace ackproof
