// Where the events of a run go (`reports/events.h`): a file, standard output, or nowhere.
#pragma once

#include <string>

#include "contract/result.h"

namespace ackproof {

class EventStream {
 public:
  // Empty: nowhere; "-": standard output; else a file, which is emptied. `invalid` with a sentence.
  static Result<EventStream> open(const std::string& where);

  EventStream(EventStream&& other) noexcept;
  EventStream& operator=(EventStream&&) = delete;
  ~EventStream();

  bool is_open() const { return descriptor_ >= 0; }
  bool is_standard_output() const;

  // The whole line, at once, so that a reader sees it as soon as it is true. From one thread at a time. After the first
  // failure nothing is written any more, and `trouble` is a sentence.
  void write(const std::string& line);
  const std::string& trouble() const { return trouble_; }

 private:
  EventStream() = default;

  std::string where_;
  int descriptor_ = -1;
  std::string trouble_;
};

}  // namespace ackproof
