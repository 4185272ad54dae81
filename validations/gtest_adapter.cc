#include "validations/gtest_adapter.h"

#include <gtest/gtest.h>

#include <iostream>

#include "validations/catalogue.h"
#include "validations/fresh_store.h"
#include "validations/trial.h"

namespace ackproof {

namespace {

class ValidationTest : public testing::Test {
 public:
  ValidationTest(const Validation& validation, const ProviderFactory& factory,
                 const Conditions& conditions)
      : validation_(validation), factory_(factory), conditions_(conditions) {}

  void TestBody() override {
    const Trial trial = try_validation(validation_, factory_, conditions_);
    for (const Finding& finding : trial.findings) {
      ADD_FAILURE_AT(finding.file.c_str(), finding.line) << finding.text;
    }
    if (trial.outcome == Trial::Outcome::passed) return;
    ADD_FAILURE() << validation_.proves.id << ": " << validation_.proves.text << "\n"
                  << trial.reason << "\nThe last calls:\n"
                  << testing::PrintToString(trial.calls);
  }

 private:
  const Validation& validation_;
  const ProviderFactory& factory_;
  const Conditions& conditions_;
};

// What the provider declares, asked on a store that nothing else uses.
Description describe(const ProviderFactory& factory, const Conditions& conditions) {
  const FreshStore store(factory, conditions, "ackproof_describe_");
  return factory.open(store.scope()).value()->describe();
}

}  // namespace

std::size_t register_with_gtest(const ProviderFactory& factory, const Conditions& conditions) {
  // The tests run after this function has returned, so they refer to copies that live as long as
  // the program.
  static const ProviderFactory kept_factory = factory;
  static const Conditions kept_conditions = conditions;
  const Description description = describe(kept_factory, kept_conditions);
  std::size_t registered = 0;
  for (const Validation& validation : catalogue()) {
    const std::string reason = why_not_applicable(validation, description, kept_factory);
    if (!reason.empty()) {
      std::cout << "not applicable: " << validation.name << ": " << reason << "\n";
      continue;
    }
    testing::RegisterTest(std::string(validation.proves.id).c_str(),
                          std::string(validation.name).c_str(), nullptr, nullptr, __FILE__,
                          __LINE__, [&validation]() -> testing::Test* {
                            return new ValidationTest(validation, kept_factory, kept_conditions);
                          });
    ++registered;
  }
  return registered;
}

}  // namespace ackproof
