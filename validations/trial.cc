#include "validations/trial.h"

#include <gtest/gtest.h>

#include <filesystem>

#include <gtest/gtest-spi.h>

#include "validations/build.h"
#include "validations/fresh_store.h"

namespace ackproof {

namespace {

constexpr unsigned kAttempts = 4;

// Calls the validation and turns everything it can end in into findings.
void check(const Validation& validation, Context& context, std::vector<Finding>& findings) {
  testing::TestPartResultArray parts;
  {
    const testing::ScopedFakeTestPartResultReporter collect(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &parts);
    try {
      validation.check(context);
    } catch (const Slipped&) {
      // Nothing was learned, and Context knows.
    } catch (const BadResult& refusal) {
      findings.push_back(
          {"A call that has to succeed was refused: " + std::string(refusal.what())});
    } catch (const StepFailed& step) {
      findings.push_back({std::string(step.what())});
    } catch (const std::exception& exception) {
      findings.push_back(
          {"An exception came out of the provider: " + std::string(exception.what())});
    } catch (...) {
      findings.push_back({"Something that is no exception was thrown out of the provider"});
    }
  }
  for (int i = 0; i < parts.size(); ++i) {
    const testing::TestPartResult& part = parts.GetTestPartResult(i);
    if (!part.failed()) continue;
    const char* file = part.file_name();
    findings.push_back({part.message(), file ? file : "", part.line_number()});
  }
}

// One attempt. False: nothing was decided.
bool attempt(const Validation& validation, const ProviderFactory& factory,
             const Conditions& conditions, unsigned stretch, Trial& trial) {
  const FreshStore store(factory, conditions);
  Context context(factory, store.scope(), conditions, stretch);
  trial.findings.clear();
  check(validation, context, trial.findings);
  const bool decided = context.decided();
  if (!context.ever_opened()) {
    trial.outcome = Trial::Outcome::broken;
    trial.reason = "no store could be opened";
    for (const Finding& finding : trial.findings) trial.reason += ": " + finding.text;
    trial.findings.clear();
    return true;
  }
  trial.calls = context.trace().lines();
  trial.outcome = trial.findings.empty() ? Trial::Outcome::passed : Trial::Outcome::failed;
  return decided;
}

}  // namespace

Trial try_validation(const Validation& validation, const ProviderFactory& factory,
                     const Conditions& conditions) {
  Trial trial;
  try {
    for (unsigned n = 0; n < kAttempts; ++n) {
      ++trial.attempts;
      if (attempt(validation, factory, conditions, 1U << n, trial)) return trial;
    }
  } catch (const std::exception& exception) {  // A full disk, say: not the provider's doing.
    trial.outcome = Trial::Outcome::broken;
    trial.reason = "the harness could not go on: " + std::string(exception.what());
    trial.findings.clear();
    return trial;
  }
  trial.outcome = Trial::Outcome::inconclusive;
  trial.reason = "every attempt was too slow: a deadline may have passed, or a call was given up after seconds";
  trial.findings.clear();
  return trial;
}

}  // namespace ackproof
