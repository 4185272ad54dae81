#include "harness/certify/event_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace ackproof {

Result<EventStream> EventStream::open(const std::string& where) {
  EventStream stream;
  stream.where_ = where;
  if (where.empty()) return stream;
  stream.descriptor_ = where == "-"
                           ? STDOUT_FILENO
                           : ::open(where.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (stream.descriptor_ >= 0) return stream;
  return Error{ErrorKind::invalid, "events",
               "cannot write events to " + where + ": " + std::strerror(errno)};
}

EventStream::EventStream(EventStream&& other) noexcept
    : where_(std::move(other.where_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      trouble_(std::move(other.trouble_)) {}

EventStream::~EventStream() {
  if (is_open() && !is_standard_output()) close(descriptor_);
}

bool EventStream::is_standard_output() const { return descriptor_ == STDOUT_FILENO; }

void EventStream::write(const std::string& line) {
  if (!is_open() || !trouble_.empty()) return;
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t count = ::write(descriptor_, line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      trouble_ = "the events could not all be written to " +
                 (where_ == "-" ? std::string("standard output") : where_) + ": " +
                 std::strerror(errno);
      return;
    }
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace ackproof
