#include "tests/reports/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "tests/support/command.h"
#include "tests/support/processes.h"

namespace ackproof::testing_support {

namespace {

using nlohmann::json;

constexpr int kPatienceMs =
    120'000;  // A machine may be busy; a browser that hangs is noticed all the same.

// In the child: the protocol is spoken on descriptors 3 and 4.
[[noreturn]] void become_browser(const std::string& program, const std::string& folder, int in,
                                 int out) {
  const int low_in = fcntl(in, F_DUPFD, 10);
  const int low_out = fcntl(out, F_DUPFD, 10);
  dup2(low_in, 3);
  dup2(low_out, 4);
  const int log = open((folder + "/log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  for (int fd = 5; fd < 64; ++fd) close(fd);
  setenv("HOME", folder.c_str(), 1);
  setenv("TMPDIR", folder.c_str(), 1);
  setenv("XDG_CONFIG_HOME", folder.c_str(), 1);
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  const std::string profile = "--user-data-dir=" + folder + "/profile";
  execl(program.c_str(), program.c_str(), "--headless", "--no-sandbox", "--disable-gpu",
        "--disable-dev-shm-usage", "--disable-crash-reporter", "--disable-breakpad",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe", profile.c_str(),
        "about:blank", static_cast<char*>(nullptr));
  _exit(127);
}

}  // namespace

std::string Browser::program() {
  for (const char* path :
       {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return {};
}

Browser::Browser() : folder_(fresh_folder()) {
  int down[2];
  int up[2];
  if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) become_browser(program(), folder_, down[0], up[1]);
  close(down[0]);
  close(up[1]);
  to_ = down[1];
  from_ = up[0];
  const std::string target =
      command("Target.createTarget", {{"url", "about:blank"}}).at("targetId");
  session_ =
      command("Target.attachToTarget", {{"targetId", target}, {"flatten", true}}).at("sessionId");
  for (const char* domain : {"Page", "Runtime", "Log"}) command(domain + std::string(".enable"));
}

Browser::~Browser() {
  close(to_);
  close(from_);
  const auto is_gone = [this] {
    for (const pid_t process : processes_of(folder_)) kill(process, SIGKILL);
    waitpid(pid_, nullptr, WNOHANG);
    return processes_of(folder_).empty();
  };
  comes_true(is_gone);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Browser::show(const std::string& file, const View& view, const std::string& anchor) {
  command("Emulation.setDeviceMetricsOverride", {{"width", view.width},
                                                 {"height", view.height},
                                                 {"deviceScaleFactor", 1},
                                                 {"mobile", view.width < 600}});
  const json scheme = {{"name", "prefers-color-scheme"}, {"value", view.dark ? "dark" : "light"}};
  command("Emulation.setEmulatedMedia",
          {{"media", view.media}, {"features", json::array({scheme})}});
  command("Page.navigate",
          {{"url", "about:blank"}});  // An anchor of the same page would load nothing.
  complaints_.clear();
  command("Page.navigate", {{"url", "file://" + file + (anchor.empty() ? "" : "#" + anchor)}});
  while (ask("location.protocol + document.readyState") != "file:complete") note(next_message());
}

void Browser::run_scripts(bool may) {
  command("Emulation.setScriptExecutionDisabled", {{"value", !may}});
}

json Browser::ask(const std::string& expression) {
  const json answer =
      command("Runtime.evaluate",
              {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
  if (answer.contains("exceptionDetails"))
    throw std::runtime_error(expression + ": " + answer.dump());
  return answer.at("result").value("value", json());
}

json Browser::command(const std::string& method, const json& parameters) {
  json message = {{"id", ++last_id_}, {"method", method}, {"params", parameters}};
  if (!session_.empty()) message["sessionId"] = session_;
  std::string text = message.dump();
  text.push_back('\0');
  if (write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("the browser does not listen: " + read_file(folder_ + "/log"));
  }
  for (;;) {
    json answer = next_message();
    if (answer.value("id", 0) != last_id_) {
      note(answer);
      continue;
    }
    if (answer.contains("error")) throw std::runtime_error(method + ": " + answer["error"].dump());
    return answer.at("result");
  }
}

json Browser::next_message() {
  for (;;) {
    const std::size_t end = read_.find('\0');
    if (end != std::string::npos) {
      json message = json::parse(read_.substr(0, end));
      read_.erase(0, end + 1);
      return message;
    }
    pollfd waiting{from_, POLLIN, 0};
    char bytes[65'536];
    if (poll(&waiting, 1, kPatienceMs) <= 0)
      throw std::runtime_error("the browser does not answer");
    const ssize_t count = read(from_, bytes, sizeof bytes);
    if (count <= 0)
      throw std::runtime_error("the browser has ended: " + read_file(folder_ + "/log"));
    read_.append(bytes, static_cast<std::size_t>(count));
  }
}

void Browser::note(const json& event) {
  const std::string method = event.value("method", "");
  const json parameters = event.value("params", json::object());
  const std::string kind = parameters.value("type", "");
  if (method == "Runtime.exceptionThrown" ||
      (method == "Runtime.consoleAPICalled" && kind != "log" && kind != "info") ||
      (method == "Log.entryAdded" && parameters.at("entry").at("level") != "info")) {
    complaints_.push_back(parameters.dump());
  }
}

}  // namespace ackproof::testing_support
