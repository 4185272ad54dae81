// The scripts of the provider, one for each verb, as data.
//
// A script is made of the files in lua/: what it shares with others, and then its own. They are
// values so that a test can see what would come of another text.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "contract/factory.h"

namespace ackproof::redis {

class Script {
 public:
  Script(std::string text, bool only_reads) : text_(std::move(text)), only_reads_(only_reads) {}

  const std::string& text() const { return text_; }
  bool only_reads() const { return only_reads_; }

  // The name by which a server knows it, once one has told it; empty before. The name depends on the
  // text alone, so it is the same on every server.
  std::string digest() const;
  void learn_digest(std::string_view digest) const;

 private:
  std::string text_;
  bool only_reads_;
  mutable std::mutex mutex_;
  mutable std::string digest_;  // Guarded by mutex_.
};

class Scripts {
 public:
  // What the provider is made of, once for the whole process.
  static std::shared_ptr<const Scripts> standard();

  // The same with every `snippet` in lua/`file`.lua replaced, change by change. Throws
  // std::logic_error when the file does not contain it.
  struct Change {
    std::string file;
    std::string snippet;
    std::string replacement;
  };
  static std::shared_ptr<const Scripts> with(const std::vector<Change>& changes);

  // The script of this name, which must be one of them. Safe from any thread.
  const Script& operator[](const std::string& name) const;

 private:
  Scripts();

  std::map<std::string, std::string> files_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Script> scripts_;  // Guarded by mutex_: those that were used.
};

// The factory of a provider with these scripts.
ProviderFactory factory(std::shared_ptr<const Scripts> scripts);

}  // namespace ackproof::redis
