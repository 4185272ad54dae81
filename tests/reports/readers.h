// Small readers of the formats, each as another tool would read it: from what the standard says, and nothing else where
// the standard has a word for it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "reports/entries.h"

namespace ackproof::reports {

// What somebody knows who has read a document.
struct Heard {
  std::map<std::string, std::vector<Grade>>
      verdicts;  // By "LOCK_2 expired_token…", each repetition; sorted.
  std::map<std::string, std::uint64_t> missing;  // Verdicts, by clause.
  Grade run = Grade::passed;
  bool operator==(const Heard&) const = default;
};

// They throw std::runtime_error where the document is not what its standard asks for.
Heard read_html(const std::string& page);
Heard read_junit(const std::string& xml);
Heard read_markdown(const std::string& page);
Heard read_ctrf(const std::string& json);
Heard read_sarif(const std::string& json);
Heard read_tap(const std::string& lines);
Heard read_events(const std::string& lines);

// What stands in the record itself.
Heard heard_of(const Run& run);

}  // namespace ackproof::reports
