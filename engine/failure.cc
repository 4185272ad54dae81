#include "engine/failure.h"

#include <array>

namespace ackproof::engine {

namespace {

constexpr std::array<std::string_view, 9> kKinds = {
    "application", "timed_out", "cancelled", "child_failed",         "nondeterministic",
    "poisoned",    "corrupt",   "refused",   "compensation_required"};

FailureKind kind_named(const std::string& name) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds.at(i) == name) return static_cast<FailureKind>(i);
  }
  return FailureKind::application;
}

Failed application_failure(const std::string& message, bool is_retryable) {
  Failure failure;
  failure.message = message;
  failure.is_retryable = is_retryable;
  return Failed(std::move(failure));
}

}  // namespace

std::string_view name(FailureKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

std::string_view name(Reaction reaction) {
  switch (reaction) {
    case Reaction::retry:
      return "retry";
    case Reaction::compensate:
      return "compensate";
    case Reaction::alert:
      break;
  }
  return "alert";
}

Reaction reaction_to(FailureKind kind) {
  switch (kind) {
    case FailureKind::application:
    case FailureKind::timed_out:
      return Reaction::retry;
    case FailureKind::cancelled:
    case FailureKind::child_failed:
      return Reaction::compensate;
    case FailureKind::nondeterministic:
    case FailureKind::poisoned:
    case FailureKind::corrupt:
    case FailureKind::refused:
    case FailureKind::compensation_required:
      break;
  }
  return Reaction::alert;
}

Value to_value(const Failure& failure) {
  return {{"kind", name(failure.kind)},
          {"message", failure.message},
          {"context", failure.context},
          {"source", failure.source},
          {"time", failure.time.time_since_epoch().count()},
          {"is_retryable", failure.is_retryable}};
}

Failure failure_from(const Value& value) {
  Failure failure;
  failure.kind = kind_named(value.value("kind", "application"));
  failure.message = value.value("message", "");
  failure.context = value.value("context", failure.context);
  failure.source = value.value("source", "");
  failure.time = Time(Duration(value.value("time", std::int64_t{0})));
  failure.is_retryable = value.value("is_retryable", true);
  return failure;
}

std::string describe(const Failure& failure) {
  std::string text = failure.source.empty() ? "" : failure.source + " failed: ";
  text += std::string(name(failure.kind)) + ": " + failure.message;
  std::string facts;
  for (const auto& [fact, value] : failure.context) {
    if (!facts.empty()) facts += ", ";
    facts.append(fact).append(" ").append(value);
  }
  return facts.empty() ? text : text + " (" + facts + ")";
}

Failed temporary(const std::string& message) { return application_failure(message, true); }

Failed permanent(const std::string& message) { return application_failure(message, false); }

Failure failure_of(const std::exception_ptr& error, const std::string& source) {
  Failure failure;
  try {
    std::rethrow_exception(error);
  } catch (const Failed& failed) {
    failure = failed.failure();
  } catch (const std::exception& other) {
    failure.message = other.what();
  } catch (...) {
    failure.message = "something that is no std::exception was thrown";
  }
  if (failure.source.empty()) failure.source = source;
  return failure;
}

}  // namespace ackproof::engine
