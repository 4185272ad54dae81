#include <algorithm>

#include <CLI/CLI.hpp>

#include "contract/profiles.h"
#include "harness/cli/app.h"
#include "harness/cli/cli.h"
#include "harness/cli/help.h"
#include "validations/catalogue.h"

namespace ackproof {

namespace {

using Words = std::vector<std::string>;

std::string described(std::string_view word, std::string_view what) {
  return std::string(word) + "\t" + std::string(what);
}

Words provider_words(const Registry& registry) {
  Words words;
  for (const ProviderFactory& factory : registry.providers) {
    words.push_back(described(factory.name, factory.summary));
  }
  words.push_back(described("all", "Every one of them"));
  return words;
}

Words profile_words() {
  Words words;
  for (const Profile& profile : profiles())
    words.push_back(described(profile.name, profile.summary));
  return words;
}

Words clause_words() {
  Words words;
  for (const Requirement& clause : requirements())
    words.push_back(described(clause.id, clause.text));
  return words;
}

Words validation_words() {
  Words words;
  for (const Validation& validation : catalogue()) {
    words.push_back(described(validation.name, validation.proves.id));
  }
  return words;
}

Words together(Words some, const Words& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

// The values that the option itself names: those of an IsMember, which stand in its type as "TEXT:{a,b}".
Words own_choices(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

Words values_of(const CLI::Option& option, const Registry& registry) {
  if (Words choices = own_choices(option); !choices.empty()) return choices;
  const std::string name = option.get_name();
  if (name == "provider") return provider_words(registry);
  if (name == "--profile") return profile_words();
  if (name == "--requirement") return clause_words();
  if (name == "--filter") return validation_words();
  if (name == "--level") return {"1", "2", "3", "4"};
  if (name == "id") return together(clause_words(), together(validation_words(), profile_words()));
  return {};
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// Where in the command line the last word stands.
struct Place {
  const CLI::App* command;
  const CLI::Option* awaits_value = nullptr;  // The option before it.
  std::size_t positionals = 0;                // That were typed before it.
};

const CLI::App* subcommand_of(const CLI::App& app, const std::string& name) {
  const auto found =
      app.get_subcommands([&name](const CLI::App* one) { return one->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

Place place_after(const CLI::App& app, const Words& typed) {
  Place place{&app};
  for (const std::string& word : typed) {
    const bool is_value = place.awaits_value != nullptr;
    place.awaits_value = nullptr;
    if (is_value) continue;
    if (word.size() > 1 && word.front() == '-') {
      const CLI::Option* option = place.command->get_option_no_throw(word);
      if (option != nullptr && takes_value(*option)) place.awaits_value = option;
    } else if (const CLI::App* subcommand = subcommand_of(*place.command, word)) {
      place = {subcommand};
    } else {
      ++place.positionals;
    }
  }
  return place;
}

Words option_words(const CLI::App& app) {
  Words words;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // Hidden.
    for (const std::string& name : option->get_lnames()) {
      words.push_back(described("--" + name, option->get_description()));
    }
  }
  return words;
}

Words command_words(const CLI::App& app) {
  Words words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(described(command->get_name(), command->get_description()));
  }
  return words;
}

// The positional argument that comes next; the last one may take all that follow.
const CLI::Option* positional(const CLI::App& app, std::size_t number) {
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const auto most = static_cast<std::size_t>(option->get_items_expected_max());
    if (number < most) return option;
    number -= most;
  }
  return nullptr;
}

// Of a list with commas the last item is completed, and the others stay before it.
Words after_commas(const std::string& begun, const CLI::Option& option, const Words& values) {
  const std::size_t comma = option.get_delimiter() == ',' ? begun.rfind(',') : std::string::npos;
  if (comma == std::string::npos) return values;
  Words words;
  for (const std::string& value : values) words.push_back(begun.substr(0, comma + 1) + value);
  return words;
}

Words candidates(const CLI::App& app, const Registry& registry, const Words& typed,
                 const std::string& begun) {
  const Place place = place_after(app, typed);
  const bool is_option = begun.starts_with("-");
  if (place.awaits_value != nullptr) {
    return after_commas(begun, *place.awaits_value, values_of(*place.awaits_value, registry));
  }
  if (const std::size_t equals = begun.find('='); is_option && equals != std::string::npos) {
    const CLI::Option* option = place.command->get_option_no_throw(begun.substr(0, equals));
    if (option == nullptr) return {};
    Words words = after_commas(begun.substr(equals + 1), *option, values_of(*option, registry));
    for (std::string& word : words) word.insert(0, begun.substr(0, equals + 1));
    return words;
  }
  if (is_option) return option_words(*place.command);
  Words words = command_words(*place.command);
  const CLI::Option* option = positional(*place.command, place.positionals);
  return option == nullptr ? words : together(words, values_of(*option, registry));
}

// What the scripts know: to call the program with the words before the cursor, and to hand on what it says.
constexpr std::string_view kBash = R"(# Completion of @PROGRAM@ for bash.
@FUNCTION@() {
  local line=${COMP_LINE:0:COMP_POINT} words word replies
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=${words[${#words[@]} - 1]}
  mapfile -t replies < <("$1" @COMPLETE@ "${words[@]:1}" 2>/dev/null | cut -f1)
  # Bash replaces only what stands behind the last = or : of the word.
  COMPREPLY=("${replies[@]#"${word%"${word##*[=:]}"}"}")
}
complete -o default -F @FUNCTION@ @PROGRAM@
)";

constexpr std::string_view kZsh = R"(#compdef @PROGRAM@
# Completion of @PROGRAM@ for zsh.
@FUNCTION@() {
  local -a replies
  local reply
  for reply in "${(@f)$("$words[1]" @COMPLETE@ "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $reply ]] && replies+=("${${reply%%$'\t'*}//:/\\:}:${reply#*$'\t'}")
  done
  if (( $#replies )); then
    _describe 'argument' replies
  else
    _files
  fi
}
if [[ $funcstack[1] == @FUNCTION@ ]]; then
  @FUNCTION@ "$@"
else
  compdef @FUNCTION@ @PROGRAM@
fi
)";

constexpr std::string_view kFish = R"(# Completion of @PROGRAM@ for fish.
function @FUNCTION@
  set -l words (commandline -opc) (commandline -ct)
  set -l replies ($words[1] @COMPLETE@ $words[2..-1] 2>/dev/null)
  if test (count $replies) -gt 0
    printf '%s\n' $replies
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c @PROGRAM@ -f -a '(@FUNCTION@)'
)";

std::string filled_in(std::string_view text, std::string_view blank, std::string_view word) {
  std::string filled(text);
  for (std::size_t at = 0; (at = filled.find(blank, at)) != std::string::npos; at += word.size()) {
    filled.replace(at, blank.size(), word);
  }
  return filled;
}

}  // namespace

std::vector<std::string> completions(const Registry& registry,
                                     const std::vector<std::string>& words) {
  if (words.empty()) return {};
  Command ignored;
  CLI::App app;
  add_commands(app, ignored);
  const std::string& begun = words.back();
  Words found = candidates(app, registry, Words(words.begin(), words.end() - 1), begun);
  std::erase_if(found, [&begun](const std::string& word) { return !word.starts_with(begun); });
  return found;
}

std::string completion_script(const std::string& shell, const std::string& program) {
  std::string function = "_" + program;
  std::ranges::replace_if(
      function, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; }, '_');
  std::string_view script = kBash;
  if (shell == "zsh") script = kZsh;
  if (shell == "fish") script = kFish;
  const std::string called = filled_in(script, "@COMPLETE@", kCompleteArgument);
  return filled_in(filled_in(called, "@PROGRAM@", program), "@FUNCTION@", function);
}

}  // namespace ackproof
