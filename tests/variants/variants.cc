#include "tests/variants/variants.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

#include "reference_providers/filesystem/opening.h"
#include "reference_providers/memory/memory_provider.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif
#include "tests/support/without_queues.h"
#include "tests/variants/choices.h"
#include "tests/variants/limits.h"
#include "tests/variants/pace.h"
#include "tests/variants/tokens.h"

namespace ackproof {

namespace {

// --- How a variant is made

using Wrap = std::function<std::unique_ptr<Provider>(std::unique_ptr<Provider>, const Scope&)>;

// The innermost first.
ProviderFactory over(ProviderFactory base, std::string name, std::string summary,
                     std::vector<Wrap> wraps) {
  base.name = std::move(name);
  base.summary = std::move(summary);
  base.open = [open = base.open,
               wraps = std::move(wraps)](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    Result<std::unique_ptr<Provider>> opened = open(scope);
    if (!opened) return opened;
    std::unique_ptr<Provider> provider = std::move(opened).value();
    for (const Wrap& wrap : wraps) provider = wrap(std::move(provider), scope);
    return provider;
  };
  return base;
}

template <class T>
std::unique_ptr<Provider> plain(std::unique_ptr<Provider> inner, const Scope&) {
  return std::make_unique<T>(std::move(inner));
}

class Describes : public ForwardingProvider {
 public:
  using Change = std::function<void(Description&)>;
  Describes(std::unique_ptr<Provider> inner, Change change)
      : ForwardingProvider(std::move(inner)), change_(std::move(change)) {}
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    change_(description);
    return description;
  }

 private:
  Change change_;
};

Wrap describing(Describes::Change change) {
  return [change = std::move(change)](std::unique_ptr<Provider> inner, const Scope&) {
    return std::make_unique<Describes>(std::move(inner), change);
  };
}

Wrap clocks(EnumSet<ClockSource> offered) {
  return describing([offered](Description& said) { said.capabilities.clocks = offered; });
}

Wrap poll_slack(Duration slack) {
  return describing([slack](Description& said) { said.capabilities.poll_slack = slack; });
}

// Nothing in it is beyond what anybody tries.
void strange_description(Description& said) {
  said.provider = "\"><script>alert('1')</script> \U0001F4E6 %s\n{}";
  said.version = "v0.0.0-rc.1+build.7 (\u00fcn\u00efc\u00f6d\u00e9)";
  said.store_version = std::string(3'000, '&');
  said.capabilities.call_limit = Duration(60'000);
  said.capabilities.limits.payload_bytes = ~std::uint64_t{0};
  said.capabilities.limits.history_events = ~std::uint64_t{0};
  said.capabilities.limits.batch_messages = ~std::uint64_t{0};
}

ProviderFactory without_hooks(ProviderFactory factory) {
  factory.destroy = nullptr;
  factory.corrupt_history = nullptr;
  factory.corrupt_message = nullptr;
  factory.corrupt_activity = nullptr;
  return factory;
}

// --- The list

std::vector<Variant> that_choose() {
  const Wrap words = plain<OtherWords>;
  const Wrap strange = describing(strange_description);
  const Wrap eager =
      describing([](Description& said) { said.capabilities.eager_session_cleanup = true; });
  const Wrap short_tokens = spoil_sharing<Tokens<of_96_bits, of_binary_digits>>;
  const Wrap long_tokens = spoil_sharing<Tokens<of_json, of_8_kilobytes>>;
  const Wrap conflict_first = spoil_sharing<ConflictBeforeArguments>;
  const Wrap token_first = spoil_timed<TokenBeforeArguments>;
  return {
      {over(memory::factory(), "other_words",
            "Tokens of exactly 96 bits, odd texts, no limits, calls made in other threads",
            {plain<BareUndecodables>, plain<OnAnotherThread>, short_tokens, words, strange})},
      {over(memory::factory(), "other_choices",
            "Lists in no order, bulk from the other end, the other of two true refusals, tokens "
            "of 8 KiB, sessions that go by themselves",
            {plain<ShuffledLists>, plain<OtherRefusalOfSets>, plain<BulkBackwards>,
             plain<SweepsSessions>, eager, conflict_first, token_first, long_tokens})},
      {over(without_hooks(memory::factory({Capability::queues})), "queues_alone",
            "No facets, no hooks, virtual time only, and what is invalid is called so first",
            {plain<IgnoresPolls>, plain<ArgumentsBeforeFacets>, clocks({ClockSource::injected})})},
      {over(memory::factory(), "newest_first", "The newest ready instance first, within fairness",
            {spoil_sharing<NewestFirst>}),
       {"ACK", "TURN", "POISON", "VER", "KV", "POLL", "CONC", "ENG"}},
      {over(memory::factory(), "crowded_activities", "Fetches that overlap bring another order",
            {spoil_sharing<CrowdedActivities>}),
       {"LOCK", "WORK", "SESS", "TAG", "CONC", "ENG"}},
  };
}

std::vector<Variant> with_low_limits() {
  return {{over(memory_with(Limits()), "floors", "The least of everything, locks of a second",
                {plain<Floors>, plain<NoShortLocks<false>>})},
          {over(memory_with(Limits()), "no_short_locks", "Refuses a lock of less than a second",
                {plain<Floors>, plain<NoShortLocks<true>>}),
           {"ACK", "TURN", "LOCK", "WORK", "POISON", "TIME", "SESS", "ERR", "DEL", "POLL", "CONC",
            "ENG"}}};
}

std::vector<Variant> at_another_pace() {
  return {
      {over(memory::factory(), "slow", "Each call takes up to three milliseconds", {plain<Slow>}),
       {"ACK", "TURN", "WORK", "LOCK", "POLL", "ENG"}},
      {over(memory::factory(), "busy", "Busy whenever somebody else is at work",
            {spoil_sharing<BusyWhenOverlapped>})},
      {over(memory::factory(), "polls_late", "Looks again when most of its slack has passed",
            {spoil_timed<Polls<50, false>>, poll_slack(Duration(50))}),
       {"LOCK", "TURN", "POLL"}},
      {over(memory::factory(), "polls_by_its_clock", "Looks again at the last moment of its slack",
            {spoil_timed<Polls<100, true>>, poll_slack(Duration(100))}),
       {"LOCK", "TURN", "POLL"}},
      {over(with_server_clock(memory::factory(), std::chrono::hours(3)), "clock_ahead",
            "A server's clock, three hours ahead of the machine's",
            {clocks({ClockSource::server})}),
       {"TURN", "LOCK", "TIME", "HIST", "SESS", "MGMT", "DEL", "PRUNE", "CONC", "ENG"}},
      {over(with_server_clock(memory::factory(), std::chrono::hours(-3)), "clock_behind",
            "A server's clock, three hours behind, and looks again every ten milliseconds",
            {spoil_timed<Polls<10, false>>, clocks({ClockSource::server})}),
       {"TURN", "TIME", "POLL", "SESS", "ENG"}},
  };
}

// One facet beside the queues, asked its own clauses and those that say what it does to others.
std::vector<Variant> with_one_facet() {
  const std::pair<Capability, const char*> facets[] = {
      {Capability::sessions, "SESS"},      {Capability::tags, "TAG"},
      {Capability::version_filter, "VER"}, {Capability::custom_status, "STAT"},
      {Capability::key_value, "KV"},       {Capability::management, "MGMT"},
      {Capability::deletion, "DEL"},       {Capability::pruning, "PRUNE"},
      {Capability::long_polling, "POLL"},  {Capability::event_store, "EVST"},
      {Capability::context_store, "CTX"},
  };
  std::vector<Variant> list;
  for (const auto& [facet, area] : facets) {
    list.push_back({over(memory::factory({Capability::queues, facet}),
                         "only_" + std::string(name(facet)), "The queues and one facet", {}),
                    {area, "CAP", "ERR", "ACK", "CONC", "ENG"}});
  }
  return list;
}

// No queues: a store of events, or of context, and nothing else.
std::vector<Variant> without_queues() {
  return {{alone(Capability::event_store), {}}, {alone(Capability::context_store), {}}};
}

#ifdef ACKPROOF_HAVE_SQLITE
// The store in a folder of the scope's whose name is no identifier.
Scope elsewhere(const Scope& scope) {
  Scope below = scope;
  below.folder /= "it's a \U0001F4E6";
  std::filesystem::create_directories(below.folder);
  return below;
}

ProviderFactory sqlite_elsewhere() {
  ProviderFactory made = sqlite::factory();
  made.open = [open = made.open](const Scope& scope) { return open(elsewhere(scope)); };
  made.destroy = [](const Scope& scope) { std::filesystem::remove_all(elsewhere(scope).folder); };
  made.corrupt_history = [hook = made.corrupt_history](const Scope& scope, const auto&... keys) {
    return hook(elsewhere(scope), keys...);
  };
  made.corrupt_message = [hook = made.corrupt_message](const Scope& scope, const auto&... keys) {
    return hook(elsewhere(scope), keys...);
  };
  made.corrupt_activity = [hook = made.corrupt_activity](const Scope& scope, const auto&... keys) {
    return hook(elsewhere(scope), keys...);
  };
  return made;
}

// Keeps more than it declares.
void modest(Description& said) {
  said.capabilities.durability = Durability::is_volatile;
  said.capabilities.several_processes = false;
}
#endif

// The index is read anew from a snapshot again and again, in the middle of everything.
std::vector<Variant> on_files() {
  const auto seams = [] {
    filesystem::Seams made;
    made.snapshot_after = 0;
    return made;
  };
  return {{over(filesystem::factory(seams), "many_snapshots",
                "Takes a snapshot whenever the journal has doubled", {})}};
}

std::vector<Variant> on_disk() {
#ifdef ACKPROOF_HAVE_SQLITE
  const Wrap long_tokens = spoil_sharing<Tokens<of_json, of_8_kilobytes>>;
  const Wrap killed = describing(
      [](Description& said) { said.capabilities.durability = Durability::process_crash; });
  return {{over(sqlite_elsewhere(), "reopened", "A store in another folder, with long tokens",
                {long_tokens, killed}),
           {"DUR", "LOCK", "SESS"}},
          {over(sqlite::factory(), "modest", "Keeps more than it declares", {describing(modest)}),
           {"DUR", "HIST"}}};
#else
  return {};
#endif
}

}  // namespace

std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (auto part : {that_choose(), with_low_limits(), at_another_pace(), with_one_facet(),
                    without_queues(), on_files(), on_disk()}) {
    for (Variant& variant : part) all.push_back(std::move(variant));
  }
  return all;
}

}  // namespace ackproof
