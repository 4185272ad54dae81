#include "harness/cli/config.h"

#include <algorithm>
#include <optional>

#include <toml++/toml.h>

#include "harness/files.h"

namespace ackproof {

namespace {

std::optional<std::string> typed(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  return std::nullopt;
}

std::optional<std::vector<std::string>> all_typed(const toml::node& node) {
  const toml::array* list = node.as_array();
  std::vector<std::string> all;
  if (list == nullptr) {
    const auto one = typed(node);
    if (!one) return std::nullopt;
    return std::vector{*one};
  }
  for (const toml::node& each : *list) {
    const auto one = typed(each);
    if (!one) return std::nullopt;
    all.push_back(*one);
  }
  return all;
}

Error refusal(const std::filesystem::path& file, const toml::source_region& where,
              const std::string& sentence) {
  return {ErrorKind::invalid, "config",
          file.string() + ":" + std::to_string(where.begin.line) + ": " + sentence};
}

}  // namespace

Result<std::vector<ConfigEntry>> read_config(const std::filesystem::path& file) {
  const Result<std::string> text = read_whole(file);
  if (!text) return text.error();
  try {
    const toml::table document = toml::parse(text.value(), file.string());
    std::vector<ConfigEntry> entries;
    for (const auto& [key, node] : document) {
      const std::string name(key.str());
      const auto values = all_typed(node);
      if (!values || values->empty()) {
        return refusal(file, node.source(),
                       name + " is no text, number, true, false or list of these");
      }
      entries.push_back({name, *values, static_cast<int>(node.source().begin.line)});
    }
    std::ranges::sort(entries, {}, &ConfigEntry::line);
    return entries;
  } catch (const toml::parse_error& error) {
    return refusal(file, error.source(), std::string(error.description()));
  }
}

}  // namespace ackproof
