// How findings of scenarios speak of things.
#pragma once

#include <string>

#include "contract/types.h"

namespace ackproof::scenarios {

inline std::string told(Status status) {
  switch (status) {
    case Status::completed:
      return "completed";
    case Status::failed:
      return "failed";
    case Status::continued_as_new:
      return "continued as new";
    case Status::running:
      break;
  }
  return "running";
}

inline std::string told(MessageKind kind) {
  switch (kind) {
    case MessageKind::start_orchestration:
      return "start";
    case MessageKind::continue_as_new:
      return "continue-as-new";
    case MessageKind::activity_completed:
    case MessageKind::activity_failed:
      return "result of activity";
    case MessageKind::timer_fired:
      return "timer";
    case MessageKind::external_raised:
      return "event";
    case MessageKind::child_completed:
    case MessageKind::child_failed:
      return "result of child";
    case MessageKind::cancel_instance:
      return "cancellation";
    case MessageKind::queue_message:
      break;
  }
  return "queue message";
}

// "timer 3 to approval-1"
inline std::string told(const Message& message) {
  const std::string number = message.id == 0 ? "" : " " + std::to_string(message.id);
  return told(message.kind) + number + " to " + message.target;
}

// "activity 4 \"charge\" of order-1"
inline std::string told(const Activity& activity) {
  return "activity " + std::to_string(activity.id) + " \"" + activity.name + "\" of " +
         activity.instance;
}

}  // namespace ackproof::scenarios
