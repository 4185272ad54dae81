// Every harmless variant passes: no validation demands what the contract leaves open.
#include "tests/variants/variants.h"

#include <gtest/gtest.h>

#include <sstream>

#include "harness/runner/runner.h"
#include "harness/stores/store_servers.h"

namespace ackproof {
namespace {

const std::vector<Variant>& all() {
  static const std::vector<Variant> list = variants();
  return list;
}

const Registry& registry() {
  static const Registry made = [] {
    Registry registry;
    for (const Variant& variant : all()) registry.providers.push_back(variant.factory);
    return registry;
  }();
  return made;
}

// Named one by one: what a provider declares of a profile is asked, also if the rest is missing.
Orders orders_for(const Variant& variant) {
  Orders orders;
  orders.provider = variant.factory.name;
  orders.selection.profiles = {"core", "engine", "admin", "polling", "event_store", "context"};
  orders.selection.requirements = variant.requirements;
  orders.selection.seed = 1;
  orders.selection.sequences = 100;
  orders.jobs = 4;  // Many of them wait more than they work.
  return orders;
}

std::string text_of(const Verdict& verdict) {
  std::ostringstream text;
  text << verdict.requirement << " " << verdict.validation << ": " << name(verdict.outcome) << " "
       << verdict.reason << "\n";
  for (const Failure& failure : verdict.failures) {
    text << "  " << failure.file << ":" << failure.line << " " << failure.text << "\n";
  }
  for (const std::string& call : verdict.calls) text << "    " << call << "\n";
  return text.str();
}

// What went wrong, a text for each verdict that a good provider must not get.
std::vector<std::string> wrongs_of(const Run& run) {
  std::vector<std::string> texts;
  for (const Verdict& verdict : run.verdicts) {
    const Outcome outcome = verdict.outcome;
    if (outcome == Outcome::passed || outcome == Outcome::not_applicable) continue;
    texts.push_back(text_of(verdict));
  }
  return texts;
}

class VariantTest : public testing::Test {
 public:
  explicit VariantTest(const Variant& variant) : variant_(variant) {}

  void TestBody() override {
    static StoreServers servers;
    const Result<StoreServers::Place> place = servers.place_for(variant_.factory);
    ASSERT_TRUE(place.has_value()) << place.error().message;
    Orders orders = orders_for(variant_);
    orders.uri = place.value().uri;
    const auto run = carry_out(registry(), orders, {});

    ASSERT_TRUE(run.has_value()) << run.error().message;
    for (const std::string& wrong : wrongs_of(run.value())) {
      ADD_FAILURE() << variant_.factory.summary << "\n" << wrong;
    }
  }

 private:
  const Variant& variant_;
};

void register_all() {
  for (const Variant& variant : all()) {
    testing::RegisterTest("variant", variant.factory.name.c_str(), nullptr, nullptr, __FILE__,
                          __LINE__,
                          [&variant]() -> testing::Test* { return new VariantTest(variant); });
  }
}

}  // namespace
}  // namespace ackproof

int main(int argc, char** argv) {
  if (const int code = ackproof::child_main(argc, argv, ackproof::registry()); code >= 0) {
    return code;
  }
  testing::InitGoogleTest(&argc, argv);
  ackproof::register_all();
  return RUN_ALL_TESTS();
}
