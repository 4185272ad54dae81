#include "harness/stress/run.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <thread>

#include "engine/workers.h"
#include "harness/runner/child.h"
#include "harness/stress/acks_again.h"
#include "harness/stress/queues.h"
#include "harness/stress/results.h"
#include "harness/stress/sample.h"
#include "harness/stress/usage.h"

namespace ackproof::stress {

namespace {

using Clock = std::chrono::steady_clock;
using engine::Engine;
using engine::Workers;

constexpr Duration kTick{100};  // After so long a request to stop is noticed.
// When an end was not told, because nobody knew whether its commit had arrived, somebody looks after so long.
constexpr Duration kLookAfter{2'000};
constexpr Duration kSecond{1'000};
// No workflow of a load asks for more, its children included.
constexpr std::uint64_t kMostActivities = 16;

// Does something once a second until it goes.
class EachSecond {
 public:
  explicit EachSecond(std::function<void()> act)
      : thread_([this, act = std::move(act)] {
          std::unique_lock lock(mutex_);
          while (!over_.wait_for(lock, kSecond, [this] { return is_over_; })) act();
        }) {}
  ~EachSecond() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    over_.notify_all();
    thread_.join();
  }
  EachSecond(const EachSecond&) = delete;
  EachSecond& operator=(const EachSecond&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread thread_;  // Last: it uses the others.
};

// The name of a workflow, without what those of its children add to it.
std::string root_of(const std::string& instance) { return instance.substr(0, instance.find('.')); }

class LoadRun {
 public:
  LoadRun(std::unique_ptr<Provider> worker, Provider& witness, const Order& order)
      : provider_(std::move(worker)),
        open_(order.open),
        settings_(order.settings),
        loads_(loads_named(settings_.load)),
        registry_(registry_of(settings_, executions_)),
        begin_(Clock::now()),
        board_(settings_.in_flight, begin_),
        engine_(provider_, registry_, engine_settings()),
        judge_(witness, registry_, &executions_) {}

  void feed();
  // Waits for what is under way and for the queues, with the workers at work.
  void drain();
  // Without workers: by fetching. Does nothing when the queues were looked at already.
  void drain_alone();
  void judge_until(const std::atomic<bool>& is_over);
  void judge_lost();
  // Without workers, when all were judged.
  void judge_second_acks();
  void look_again();
  Progress progress();
  Stressed told(const StressUsage& client) const;

  Engine& engine() { return engine_; }
  const StressSettings& settings() const { return settings_; }

 private:
  engine::Settings engine_settings() {
    engine::Settings settings;
    settings.codec = engine::Codec::cbor;  // Which can say any bytes.
    settings.poll = Duration(200);         // So that the workers can be stopped soon.
    settings.ended = [this](const std::string& instance) { board_.ended(instance); };
    return settings;
  }
  bool is_fed(std::uint64_t number) const;
  const Load& load_of(std::uint64_t number) const { return *loads_[number % loads_.size()]; }
  std::string name_of(std::uint64_t number) const {
    return std::string(load_of(number).name) + "-" + std::to_string(number);
  }
  const Load* load_of_started(const std::string& root) const;
  Expected expected(const Flow& flow) const { return flow.load->expected(flow.key, settings_); }
  void start(std::uint64_t number, Moment due);
  Result<void> send(const std::string& instance, const Sent& sent);
  void note_refused(const Flow& flow, const std::string& what, const Error& error);
  void look_for_ends(Duration under_way_for);
  bool is_hopeless();
  bool is_silent();
  std::uint64_t activities_begun() const;
  Moment silence_limit() const { return moved_ + settings_.drain + settings_.activity; }
  void look_again_through(Provider& provider);
  StressCounts counts_of(const Load& load) const;

  AcksAgain provider_;
  const std::function<Result<std::unique_ptr<Provider>>()> open_;
  const StressSettings settings_;
  const std::vector<const Load*> loads_;
  Executions executions_;
  const engine::Registry registry_;
  const Moment begin_;
  Board board_;
  Engine engine_;
  Judge judge_;
  Results results_;
  Sample right_;  // Of those that ended.
  StressQueues queues_;
  std::uint64_t signs_of_life_ = 0;
  Moment moved_;  // When there was the last new one, as far as anybody looked.
  bool is_refused_ = false;
  Progress last_;
};

bool LoadRun::is_fed(std::uint64_t number) const {
  if (interrupted() || is_refused_) return true;
  if (settings_.workflows > 0) return number >= settings_.workflows;
  return Clock::now() >= begin_ + settings_.duration;
}

// Whether nothing will come of those that are under way.
bool LoadRun::is_hopeless() {
  if (board_.numbers().under_way == 0 || !is_empty(provider_)) return false;
  look_for_ends(Duration(0));  // Ends that were not told.
  return board_.numbers().under_way > 0 && is_empty(provider_);
}

// Different ones, as far as workflows ask for them: a store can make up any number.
std::uint64_t LoadRun::activities_begun() const {
  return std::min(executions_.different(), kMostActivities * board_.numbers().started);
}

// Whether for as long as draining may take, besides a whole activity, none was begun for the first time, and no workflow
// was started or has ended.
bool LoadRun::is_silent() {
  const Board::Numbers numbers = board_.numbers();
  const std::uint64_t signs = activities_begun() + numbers.started + numbers.ended;
  if (signs != signs_of_life_) {
    signs_of_life_ = signs;
    moved_ = Clock::now();
  }
  return Clock::now() > silence_limit();
}

// Lost workflows keep their places.
void LoadRun::feed() {
  moved_ = Clock::now();
  for (std::uint64_t number = 0; !is_fed(number) && !is_silent();) {
    const Moment soon = Clock::now() + kTick;
    const Moment limit =
        settings_.workflows > 0 ? soon : std::min(soon, begin_ + settings_.duration);
    const std::optional<Moment> due = board_.take_place(limit);
    if (!due) {
      if (Clock::now() - moved_ > kSecond && is_hopeless()) break;
      continue;
    }
    start(number++, *due);
  }
  board_.stop_feeding();
  moved_ = Clock::now();
}

// Starting again what may have been started does nothing, and programs pass over what is sent to them again.
void LoadRun::start(std::uint64_t number, Moment due) {
  const Load& load = load_of(number);
  const Flow flow{name_of(number), key_of(settings_.seed, number), &load, due};
  board_.began(flow);
  const auto started = patiently([&] {
    return engine_.start(flow.instance, std::string(load.name), load.input(flow.key, settings_));
  });
  if (!started) return note_refused(flow, "its start", started.error());
  if (load.sent == nullptr) return;
  for (const Sent& sent : load.sent(flow.key)) {
    const auto taken = patiently([&] { return send(flow.instance, sent); });
    if (!taken) return note_refused(flow, "what was sent to it", taken.error());
  }
}

Result<void> LoadRun::send(const std::string& instance, const Sent& sent) {
  switch (sent.kind) {
    case Sent::Kind::event:
      return engine_.raise(instance, sent.name, sent.data);
    case Sent::Kind::message:
      return engine_.enqueue(instance, sent.name, sent.data);
    case Sent::Kind::cancellation:
      break;
  }
  return engine_.cancel(instance, sent.name);
}

// Nothing more is started then.
void LoadRun::note_refused(const Flow& flow, const std::string& what, const Error& error) {
  is_refused_ = true;
  Judged judged;
  judged.findings.push_back({flow.instance, StressFault::refused,
                             "the store did not take " + what + ": " +
                                 std::string(name(error.kind)) + ": " + error.message});
  if (board_.withdraw(flow.instance)) {
    results_.add(*flow.load, flow.instance, Results::Kind::refused, judged);
  } else {
    results_.note(judged.findings);
  }
}

void LoadRun::drain() {
  while (!interrupted() && !is_silent() && !board_.wait_until_drained(Clock::now() + kTick)) {
    if (is_hopeless()) break;
  }
  if (!interrupted()) queues_ = look_at_depths(provider_, silence_limit());
}

void LoadRun::drain_alone() {
  if (queues_.look == StressLook::none && !interrupted()) {
    queues_ = look_by_fetching(engine_, silence_limit());
  }
}

// An end whose commit is of unknown outcome is not told by the engine.
void LoadRun::look_for_ends(Duration under_way_for) {
  for (const std::string& instance : board_.long_under_way(under_way_for)) {
    try {
      const auto ending = patiently([&] { return engine_.ending(instance); });
      if (!ending) return;  // It is the store's turn, and not that of the next workflow.
      if (ending.value()) board_.ended(instance);
    } catch (const engine::Failed&) {
      board_.ended(
          instance);  // It has ended with what cannot be understood, which the judge will say.
    }
  }
}

void LoadRun::judge_until(const std::atomic<bool>& is_over) {
  Moment looked = Clock::now();
  for (;;) {
    const bool was_over = is_over;
    if (const std::optional<Flow> flow = board_.take_ended(kTick)) {
      const Judged judged = judge_.ended(flow->instance, expected(*flow));
      results_.add(*flow->load, flow->instance, Results::Kind::ended, judged);
      if (judged.findings.empty()) right_.add(*flow);
    } else if (was_over) {
      return;
    }
    if (Clock::now() - looked < kSecond) continue;
    look_for_ends(kLookAfter);
    looked = Clock::now();
  }
}

void LoadRun::judge_lost() {
  if (interrupted()) return;
  for (const Flow& flow : board_.under_way()) {
    results_.add(*flow.load, flow.instance, Results::Kind::lost,
                 judge_.lost(flow.instance, expected(flow)));
  }
}

// Null for what is no name of a workflow that was started.
const Load* LoadRun::load_of_started(const std::string& root) const {
  const std::string_view digits = std::string_view(root).substr(root.rfind('-') + 1);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_one = number < board_.numbers().started && name_of(number) == root;
  return is_one ? &load_of(number) : nullptr;
}

// After an interrupt nobody has judged those that are under way.
void LoadRun::judge_second_acks() {
  std::set<std::string> open;
  for (const Flow& flow : board_.under_way()) open.insert(flow.instance);
  for (const auto& [instance, id] : provider_.taken()) {
    const std::vector<StressFinding> findings = {
        {instance, StressFault::doubled,
         "activity #" + std::to_string(id) + " was acked a second time, and the store took it"}};
    const std::string root = root_of(instance);
    const Load* load = load_of_started(root);
    if (load == nullptr || (interrupted() && open.contains(root))) {
      results_.note(findings);
    } else {
      results_.change(*load, root, findings);
    }
  }
}

// What is right has to stay so, for a handle that has seen nothing of the run, too.
void LoadRun::look_again() {
  if (interrupted()) return;
  const auto opened = patiently(open_);
  if (opened) return look_again_through(*opened.value());
  for (const auto& [key, flow] : right_.flows()) {
    results_.change(*flow.load, flow.instance,
                    {{flow.instance, StressFault::unreadable,
                      "the store cannot be opened again in the end: " + opened.error().message}});
  }
}

void LoadRun::look_again_through(Provider& provider) {
  const Judge judge(provider, registry_, nullptr);
  for (const auto& [key, flow] : right_.flows()) {
    if (interrupted()) return;
    Judged judged = judge.ended(flow.instance, expected(flow));
    results_.count_look();
    if (judged.findings.empty()) continue;
    for (StressFinding& finding : judged.findings) {
      finding.said = "when it was looked at again in the end: " + finding.said;
    }
    results_.change(*flow.load, flow.instance, judged.findings);
  }
  if (!queues_.drained) return;
  if (queues_.look == StressLook::depths) {
    queues_ = look_at_depths(provider, Clock::now());
  } else {
    Engine engine(provider, registry_, engine_settings());
    queues_ = look_by_fetching(engine, Clock::now());
  }
}

Progress LoadRun::progress() {
  const Board::Numbers numbers = board_.numbers();
  Progress now;
  now.elapsed = std::chrono::duration_cast<Duration>(Clock::now() - begin_);
  now.ended = numbers.ended;
  now.under_way = numbers.under_way;
  const Results::Numbers results = results_.numbers();
  now.judged = results.judged;
  now.failed = results.failed;
  now.looked_again = results.looked_again;
  now.activities = activities_begun();
  const auto since = static_cast<double>((now.elapsed - last_.elapsed).count());
  now.per_second = since > 0 ? static_cast<double>(now.ended - last_.ended) * 1e3 / since : 0;
  last_ = now;
  return now;
}

StressCounts LoadRun::counts_of(const Load& load) const {
  StressCounts counts = results_.counts(load);
  counts.load = load.name;
  counts.started = board_.started(load);
  counts.unfinished = counts.started - counts.right - counts.wrong - counts.lost;
  counts.latency = board_.latency(load);
  return counts;
}

Stressed LoadRun::told(const StressUsage& client) const {
  Stressed stressed;
  results_.put_into(stressed);
  stressed.end = interrupted() ? StressEnd::interrupted : StressEnd::complete;
  stressed.all.load = settings_.load;
  for (const Load* load : loads_) {
    const StressCounts counts = counts_of(*load);
    stressed.all.started += counts.started;
    stressed.all.right += counts.right;
    stressed.all.wrong += counts.wrong;
    stressed.all.lost += counts.lost;
    stressed.all.unfinished += counts.unfinished;
    stressed.loads.push_back(counts);
  }
  stressed.all.latency = board_.latency();
  stressed.activities.executed_again += executions_.left();
  stressed.queues = queues_;
  stressed.phases = board_.phases();
  stressed.seconds = board_.seconds();
  stressed.client = client;
  return stressed;
}

}  // namespace

Stressed put_under_load(std::unique_ptr<Provider> worker, Provider& witness, const Order& order) {
  const std::uint64_t load_before = load_average();
  std::optional<ServerUsage> server;
  if (order.server != 0) server.emplace(order.server);
  LoadRun run(std::move(worker), witness, order);
  std::atomic<bool> is_over = false;
  std::thread judging([&] { run.judge_until(is_over); });
  {
    const EachSecond watching([&] {
      if (server) server->look();
      if (order.tell) order.tell(run.progress());
    });
    {
      const Workers workers(run.engine(), static_cast<unsigned>(run.settings().turn_workers),
                            static_cast<unsigned>(run.settings().activity_workers));
      run.feed();
      run.drain();
    }
    run.drain_alone();
    is_over = true;
    judging.join();
    run.judge_lost();
    run.judge_second_acks();
    run.look_again();
  }
  const StressUsage client = usage_of_this_process();
  if (server) server->look();
  Stressed stressed = run.told(client);
  if (server) stressed.server = server->told();
  stressed.load_before = load_before;
  stressed.load_after = load_average();
  return stressed;
}

}  // namespace ackproof::stress
