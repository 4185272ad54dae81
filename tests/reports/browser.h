// A headless Chromium that shows pages and is asked about them, over a pipe (its DevTools protocol). It works as root, uses
// no network, and ends with its processes and files when this object does.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ackproof::testing_support {

struct View {
  int width = 1280;
  int height = 900;
  bool dark = false;
  std::string media = "screen";
};

class Browser {
 public:
  // The program; empty when it is not installed.
  static std::string program();

  // All of these throw std::runtime_error when the browser does not do as it is told.
  Browser();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  const std::string& folder() const { return folder_; }

  // Loads the file, scripts and all; `anchor` may be empty.
  void show(const std::string& file, const View& view, const std::string& anchor = {});

  // Whether the pages shown from now on may run their scripts.
  void run_scripts(bool may);

  // The value of a JavaScript expression in the page.
  nlohmann::json ask(const std::string& expression);

  // What the page complained about since it was shown: errors and warnings of the console, exceptions, breaches of its
  // security policy.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  nlohmann::json command(const std::string& method,
                         const nlohmann::json& parameters = nlohmann::json::object());
  nlohmann::json next_message();
  void note(const nlohmann::json& event);

  std::string folder_;
  pid_t pid_ = 0;
  int to_ = -1;
  int from_ = -1;
  std::string read_;
  std::string session_;
  int last_id_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace ackproof::testing_support
