// Text from a provider made safe within GitHub Flavored Markdown.
#pragma once

#include <string>
#include <string_view>

namespace ackproof::reports::markdown {

// Plain text on one line, also in a cell of a table.
std::string text(std::string_view text);

// The words of the contract: `code` between backquotes stays code.
std::string prose(std::string_view text);

// Code within a line, also in a cell of a table.
std::string code(std::string_view text);

// A block of code; `language` may be empty.
std::string block(std::string_view text, std::string_view language = {});

// At most `bytes` of a text, whole characters, and what was left out said on a line of its own.
std::string shortened(std::string text, std::size_t bytes);

}  // namespace ackproof::reports::markdown
