#include <map>
#include <utility>

#include <CLI/CLI.hpp>

#include "harness/cli/app.h"
#include "harness/cli/cli.h"
#include "harness/cli/help.h"

namespace ackproof {

namespace {

// Text as roff takes it literally: no escape, no line that is an order, and hyphens that can be copied into a shell.
std::string literal(std::string_view text) {
  std::string out;
  bool at_line_begin = true;
  for (const char c : text) {
    if (at_line_begin && (c == '.' || c == '\'')) out += "\\&";
    at_line_begin = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + literal(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + literal(text) + "\\fR"; }

// Lines that stay as they are.
std::string verbatim(std::string_view text) {
  return ".PP\n.nf\n" + literal(text) + (text.ends_with('\n') ? "" : "\n") + ".fi\n";
}

// "{auto,virtual,real}" or "UINT in [1 - 1024]" of "TEXT:…", else the type itself.
std::string value_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(type.find(':') + 1);
}

// "-o, --out TEXT", or the name of a positional argument.
std::string heading(const CLI::Option& option) {
  if (!option.nonpositional()) return italic(option.get_name(true));
  std::string names;
  const auto add = [&names](const std::string& name) {
    names += (names.empty() ? "" : ", ") + bold(name);
  };
  for (const std::string& name : option.get_snames()) add("-" + name);
  for (const std::string& name : option.get_lnames()) add("--" + name);
  return option.get_items_expected_max() == 0 ? names : names + " " + italic(value_of(option));
}

std::string paragraph(const CLI::Option& option) {
  std::string text = ".TP\n" + heading(option) + "\n" + literal(option.get_description()) + ".";
  if (option.get_required()) text += " Required.";
  if (!option.get_default_str().empty()) {
    text += " By default " + bold(option.get_default_str()) + ".";
  }
  return text + "\n";
}

// `--help` is told once, of the program itself.
std::string options(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    const bool is_told = option == app.get_help_ptr() && app.get_parent() != nullptr;
    if (!option->get_group().empty() && !is_told) text += paragraph(*option);
  }
  return text;
}

std::string command(const CLI::App& app, const std::string& program) {
  std::string usage = bold(program + " " + app.get_name()) + " [" + italic("options") + "]";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = italic(option->get_name(true));
    usage += option->get_required() ? " " + name : " [" + name + "]";
    if (option->get_items_expected_max() > 1) usage += " ...";
  }
  return ".SS " + app.get_name() + "\n" + usage + "\n.PP\n" + literal(app.get_description()) +
         ".\n" + options(app) + verbatim(app.get_footer());
}

// What the environment says in the place of an option.
std::string environment(const std::vector<const CLI::App*>& commands) {
  std::map<std::string, std::string> of;
  for (const CLI::App* command : commands) {
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_envname().empty()) continue;
      std::string& where = of[option->get_envname()];
      where += (where.empty() ? "" : ", ") + bold(command->get_name() + " " + option->get_name());
    }
  }
  std::string text;
  for (const auto& [variable, where] : of) {
    text += ".TP\n" + bold(variable) + "\nThe same as " + where + ".\n";
  }
  return text;
}

}  // namespace

std::string manual_page(const std::string& program) {
  Command ignored;
  CLI::App app;
  add_commands(app, ignored);
  const std::vector<const CLI::App*> commands =
      std::as_const(app).get_subcommands([](const CLI::App*) { return true; });
  const std::string what = app.get_description().substr(app.get_name().size() + 1);
  std::string text = ".TH \"" + literal(program) +
                     "\" 1 \"\" \"ackproof " ACKPROOF_VERSION "\"\n.nh\n" + ".SH NAME\n" +
                     literal(program) + " \\- " + literal(what) + "\n.SH SYNOPSIS\n" +
                     bold(program) + " " + italic("command") + " [" + italic("options") +
                     "]\n.SH OPTIONS\n" + options(app) + ".SH COMMANDS\n";
  for (const CLI::App* each : commands) text += command(*each, program);
  text += ".SH ENVIRONMENT\n" + environment(commands);
  return text + ".SH NOTES\n" + verbatim(app.get_footer());
}

}  // namespace ackproof
