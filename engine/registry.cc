#include "engine/registry.h"

#include <sstream>
#include <vector>

namespace ackproof::engine {

namespace {

// What is no number counts as 0, so that any text has its place.
std::vector<unsigned long long> numbers_of(const std::string& version) {
  std::vector<unsigned long long> numbers;
  std::istringstream parts(version);
  for (std::string part; std::getline(parts, part, '.');) {
    numbers.push_back(std::strtoull(part.c_str(), nullptr, 10));
  }
  return numbers;
}

}  // namespace

bool Registry::ByNumbers::operator()(const std::string& left, const std::string& right) const {
  const auto first = numbers_of(left);
  const auto second = numbers_of(right);
  return first != second ? first < second : left < right;
}

Registry& Registry::program_of_values(const std::string& name, const std::string& version,
                                      Program body) {
  programs_[name][version] = std::move(body);
  return *this;
}

Registry& Registry::activity_of_values(const std::string& name, ActivityBody body) {
  activities_[name] = std::move(body);
  return *this;
}

const Program* Registry::find_program(const std::string& name,
                                      const std::optional<std::string>& version) const {
  const auto versions = programs_.find(name);
  if (versions == programs_.end()) return nullptr;
  if (!version) return &versions->second.rbegin()->second;
  const auto found = versions->second.find(*version);
  return found == versions->second.end() ? nullptr : &found->second;
}

std::string Registry::newest_version(const std::string& name) const {
  const auto versions = programs_.find(name);
  return versions == programs_.end() ? "" : versions->second.rbegin()->first;
}

const ActivityBody* Registry::find_activity(const std::string& name) const {
  const auto found = activities_.find(name);
  return found == activities_.end() ? nullptr : &found->second;
}

}  // namespace ackproof::engine
