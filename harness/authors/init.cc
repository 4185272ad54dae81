#include "harness/authors/init.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "harness/authors/templates.h"
#include "harness/cli/cli.h"
#include "harness/files.h"

namespace ackproof {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 40;

struct File {
  std::string_view path;  // In the project.
  std::string_view from;  // The template.
};

constexpr File kFiles[] = {
    {"README.md", "README.md.in"},
    {"CMakeLists.txt", "CMakeLists.txt.in"},
    {"main.cc", "main.cc.in"},
    {"@NAME@_provider.h", "provider.h.in"},
    {"@NAME@_provider.cc", "provider.cc.in"},
    {"exemptions.toml", "exemptions.toml.in"},
    {".gitignore", "gitignore.in"},
    {".github/workflows/conformance.yml", "conformance.yml.in"},
};

Error trouble(std::string sentence) { return {ErrorKind::invalid, "init", std::move(sentence)}; }

Error cannot_create(const fs::path& folder) {
  return trouble("cannot create the folder " + folder.string() + ": " + std::strerror(errno));
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The name becomes a part of file names, of C++ names and of ProviderFactory::name. `all` means every provider.
bool is_good_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name == "all") return false;
  if (name.front() < 'a' || name.front() > 'z' || name.back() == '_') return false;
  return name.find("__") == std::string_view::npos &&
         std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '_'; });
}

std::string filled_in(std::string_view text, const std::string& name) {
  std::string filled(text);
  for (const auto& [blank, word] :
       {std::pair<std::string_view, std::string_view>{"@NAME@", name}, {"@REF@", ACKPROOF_REF}}) {
    for (std::size_t at = 0; (at = filled.find(blank, at)) != std::string::npos;) {
      filled.replace(at, blank.size(), word);
      at += word.size();
    }
  }
  return filled;
}

std::string_view template_of(const File& file) {
  return std::ranges::find(templates(), file.from, &Template::name)->text;
}

Result<std::vector<std::string>> write_files(const std::string& name, const fs::path& folder) {
  std::vector<std::string> written;
  for (const File& file : kFiles) {
    const std::string path = filled_in(file.path, name);
    std::error_code error;
    fs::create_directories((folder / path).parent_path(), error);
    if (error)
      return trouble("cannot create the folder " + folder.string() + ": " + error.message());
    const Result<void> done = write_whole(folder / path, filled_in(template_of(file), name));
    if (!done) return done.error();
    written.push_back(path);
  }
  return written;
}

// `--out stores/` means `stores`.
fs::path folder_of(const InitCommand& command) {
  fs::path folder = fs::absolute(command.out.empty() ? fs::path(command.name) : command.out);
  folder = folder.lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

}  // namespace

Result<std::vector<std::string>> write_project(const InitCommand& command) {
  if (!is_good_name(command.name)) {
    return trouble("'" + command.name + "' is no name for a provider: up to " +
                   std::to_string(kLongestName) +
                   " lower-case letters, digits and single underscores, from a letter on, and not "
                   "the word all");
  }
  const fs::path folder = folder_of(command);
  std::error_code none;
  if (fs::symlink_status(folder, none).type() != fs::file_type::not_found) {
    return trouble(folder.string() +
                   " is there already, and nothing is overwritten: name another "
                   "folder with --out");
  }
  if (!fs::is_directory(folder.parent_path(), none)) {
    return trouble("there is no folder " + folder.parent_path().string() + " to make " +
                   folder.filename().string() + " in");
  }
  // Written aside and renamed: whoever sees the folder sees all of it.
  const fs::path aside = folder.parent_path() / (".ackproof-init" + std::to_string(getpid()));
  if (mkdir(aside.c_str(), 0777) != 0) return cannot_create(folder);
  Result<std::vector<std::string>> written = write_files(command.name, aside);
  if (written) {
    if (rename(aside.c_str(), folder.c_str()) == 0) return written;
    written = cannot_create(folder);
  }
  fs::remove_all(aside, none);
  return written;
}

int init(const InitCommand& command) {
  const Result<std::vector<std::string>> written = write_project(command);
  if (!written) {
    std::cerr << "ackproof: " << written.error().message << "\n";
    return kUsage;
  }
  const fs::path folder = folder_of(command);
  for (const std::string& path : written.value()) std::cout << (folder / path).string() << "\n";
  std::cout << "\nNext, in " << folder.string() << ":\n"
            << "  cmake -B build && cmake --build build\n"
            << "  build/certify_" << command.name << " certify " << command.name << "\n"
            << "README.md there has the road to the first level." << std::endl;
  return kCertified;
}

}  // namespace ackproof
