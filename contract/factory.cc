#include "contract/factory.h"

namespace ackproof {

std::string_view name(Hook hook) {
  switch (hook) {
    case Hook::none:
      return "none";
    case Hook::corrupt_history:
      return "corrupt_history";
    case Hook::corrupt_message:
      return "corrupt_message";
    case Hook::corrupt_activity:
      return "corrupt_activity";
  }
  return "?";
}

bool offers(const ProviderFactory& factory, Hook hook) {
  switch (hook) {
    case Hook::none:
      return true;
    case Hook::corrupt_history:
      return factory.corrupt_history != nullptr;
    case Hook::corrupt_message:
      return factory.corrupt_message != nullptr;
    case Hook::corrupt_activity:
      return factory.corrupt_activity != nullptr;
  }
  return false;
}

}  // namespace ackproof
