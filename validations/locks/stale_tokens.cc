// Every call that takes a token, with every kind of token that is not good: `lock_lost`, and
// nothing is touched.
//
// Each row is one call and one fate of its token. All start from the same scene: an instance with
// two messages and one activity.
#include <memory>
#include <optional>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

enum class Call : std::uint8_t {
  ack_turn,
  abandon_turn,
  renew_turn,
  ack_activity,
  abandon_activity,
  renew_activity,
};

enum class Fate : std::uint8_t {
  expired,
  taken_over,
  taken_over_and_released,
  acked,
  abandoned,
  cancelled,  // Activities only.
  deleted,    // With its instance.
  deleted_and_recreated,
  never_issued,
  altered,
  empty,
  of_the_other_queue,
};

// What one queue has to hand out when the scene is over.
struct Rest {
  // What has to stand: the lock, and whoever holds it. What it holds is not in the queue.
  std::optional<LockToken> lock;
  Provider* holder = nullptr;
  bool empty = false;
  std::uint64_t deliveries = 0;
};

// The world before the refused call, and what has to be left of it afterwards.
class Scene {
 public:
  explicit Scene(Context& context)
      : context_(context), worker_(context.open()), rival_(context.open()) {
    set_up();
  }

  Provider& worker() { return *worker_; }

  // A token of this queue that has met its fate.
  template <class Queue, class OtherQueue>
  LockToken token_that_was(Fate fate) {
    switch (fate) {
      case Fate::expired: {
        const Window lock = context_.window();
        const LockToken token = deliver<Queue>(*worker_, lock.length);
        context_.to_end(lock);
        return token;
      }
      case Fate::taken_over: {
        const LockToken token = token_that_was<Queue, OtherQueue>(Fate::expired);
        hold<Queue>(*rival_);
        return token;
      }
      case Fate::taken_over_and_released: {
        const LockToken token = token_that_was<Queue, OtherQueue>(Fate::expired);
        Queue::abandon(*rival_, deliver<Queue>(*rival_)).value();
        return token;
      }
      case Fate::acked: {
        const LockToken token = deliver<Queue>(*worker_);
        Queue::ack(*worker_, token).value();
        rest<Queue>().empty = true;
        return token;
      }
      case Fate::abandoned: {
        const LockToken token = deliver<Queue>(*worker_);
        Queue::abandon(*worker_, token).value();
        return token;
      }
      case Fate::cancelled: {
        const LockToken token = deliver<Queue>(*worker_);
        TurnCommit commit;
        commit.cancelled = {key_of(queued_activity())};
        rival_->ack_turn(take_turn(*rival_).token, commit).value();
        turns_.empty = true;
        activities_.empty = true;
        return token;
      }
      case Fate::deleted: {
        const LockToken token = deliver<Queue>(*worker_);
        rival_->delete_instance(kInstance, true).value();
        turns_ = {.empty = true};
        activities_ = {.empty = true};
        return token;
      }
      case Fate::deleted_and_recreated: {
        const LockToken token = token_that_was<Queue, OtherQueue>(Fate::deleted);
        turns_ = {};
        activities_ = {};
        set_up();
        return token;
      }
      case Fate::never_issued:
        hold<Queue>(*rival_);
        return {"00112233445566778899aabbccddeeff"};
      case Fate::altered: {
        LockToken token = hold<Queue>(*rival_);
        token.value.back() ^= 1;
        return token;
      }
      case Fate::empty:
        hold<Queue>(*worker_);  // The caller's own: no token does not mean the lock that it has.
        return {""};
      case Fate::of_the_other_queue:
        return hold<OtherQueue>(*rival_);
    }
    return {};
  }

  // Whatever was locked still is, and both queues hand out what they had.
  void expect_untouched() {
    expect_lock_stands<Turns>();
    expect_lock_stands<Activities>();
    if (!turns_.empty) {
      const Turn turn = take_turn(*rival_);
      EXPECT_EQ(turn.messages, messages());
      EXPECT_EQ(turn.attempt, turns_.deliveries + 1);
      EXPECT_TRUE(succeeds(rival_->ack_turn(turn.token, {})));
    }
    if (!activities_.empty) {
      const LockedActivity locked = take_activity(*rival_);
      EXPECT_EQ(locked.activity, queued_activity());
      EXPECT_EQ(locked.attempt, activities_.deliveries + 1);
      EXPECT_TRUE(succeeds(rival_->ack_activity(locked.token, std::nullopt)));
    }
    EXPECT_EQ(drain_messages(*rival_), std::vector<Message>());
    EXPECT_EQ(drain_activities(*rival_), std::vector<Activity>());
  }

  static constexpr const char* kInstance = "order-1";
  static std::vector<Message> messages() {
    return {external(kInstance, 1), external(kInstance, 2)};
  }
  static Activity queued_activity() { return activity(kInstance, 1); }

 private:
  void set_up() {
    create_instance(*worker_, kInstance);
    for (const Message& message : messages()) worker_->enqueue_message(message).value();
    worker_->enqueue_activity(queued_activity()).value();
  }

  template <class Queue>
  Rest& rest() {
    if constexpr (std::is_same_v<Queue, Turns>) {
      return turns_;
    } else {
      return activities_;
    }
  }

  template <class Queue>
  LockToken deliver(Provider& provider, Duration lock_timeout = kLongLock) {
    ++rest<Queue>().deliveries;
    return take<Queue>(provider, lock_timeout).token;
  }

  template <class Queue>
  LockToken hold(Provider& holder) {
    rest<Queue>().holder = &holder;
    rest<Queue>().lock = deliver<Queue>(holder);
    return *rest<Queue>().lock;
  }

  template <class Queue>
  void expect_lock_stands() {
    if (!rest<Queue>().lock) return;
    EXPECT_TRUE(none_deliverable<Queue>(*worker_)) << "a live lock was ended";
    EXPECT_TRUE(succeeds(Queue::ack(*rest<Queue>().holder, *rest<Queue>().lock)));
    rest<Queue>().empty = true;
  }

  Context& context_;
  std::unique_ptr<Provider> worker_;
  std::unique_ptr<Provider> rival_;
  Rest turns_;
  Rest activities_;
};

// The call, bringing along as much harm as it can.
Result<void> make(Call call, Provider& provider, const LockToken& token) {
  const Abandon abandon{.delay = kLongLock, .ignore_attempt = true};
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity(Scene::kInstance, 8)};
  commit.messages = {external(Scene::kInstance, 9), start("order-2")};
  commit.cancelled = {key_of(Scene::queued_activity())};
  commit.metadata.status = Status::completed;
  commit.metadata.output = "late";
  switch (call) {
    case Call::ack_turn:
      return provider.ack_turn(token, commit);
    case Call::abandon_turn:
      return provider.abandon_turn(token, abandon);
    case Call::renew_turn:
      return provider.renew_turn(token, 2 * kLongLock);
    case Call::ack_activity:
      return provider.ack_activity(token, completion(Scene::queued_activity()));
    case Call::abandon_activity:
      return provider.abandon_activity(token, abandon);
    case Call::renew_activity:
      return provider.renew_activity(token, 2 * kLongLock);
  }
  return {};
}

template <Call call, Fate fate>
void refuses(Context& ctx) {
  constexpr bool kIsOfTurns =
      call == Call::ack_turn || call == Call::abandon_turn || call == Call::renew_turn;
  Scene scene(ctx);
  const LockToken token = kIsOfTurns ? scene.token_that_was<Turns, Activities>(fate)
                                     : scene.token_that_was<Activities, Turns>(fate);
  const auto record = scene.worker().read_instance(Scene::kInstance).value();
  const auto history = scene.worker().read_history(Scene::kInstance).value();

  EXPECT_TRUE(fails_with(make(call, scene.worker(), token), ErrorKind::lock_lost));

  EXPECT_EQ(scene.worker().read_instance(Scene::kInstance).value(), record);
  EXPECT_EQ(scene.worker().read_history(Scene::kInstance).value(), history);
  scene.expect_untouched();
  if (record) return;
  // What was sent to an id that does not exist comes out with its next start.
  scene.worker().enqueue_message(start(Scene::kInstance)).value();
  EXPECT_EQ(drain_messages(scene.worker()), std::vector{start(Scene::kInstance)});
}

constexpr const Requirement& kClause = requirement("LOCK_9");

constexpr Validation kRows[] = {

    {"ack_turn_refuses_an_expired_token", kClause, refuses<Call::ack_turn, Fate::expired>},
    {"ack_turn_refuses_a_token_taken_over", kClause, refuses<Call::ack_turn, Fate::taken_over>},
    {"ack_turn_refuses_a_token_taken_over_and_released", kClause,
     refuses<Call::ack_turn, Fate::taken_over_and_released>},
    {"ack_turn_refuses_an_acked_token", kClause, refuses<Call::ack_turn, Fate::acked>},
    {"ack_turn_refuses_an_abandoned_token", kClause, refuses<Call::ack_turn, Fate::abandoned>},
    {"ack_turn_refuses_a_token_never_issued", kClause, refuses<Call::ack_turn, Fate::never_issued>},
    {"ack_turn_refuses_an_altered_token", kClause, refuses<Call::ack_turn, Fate::altered>},
    {"ack_turn_refuses_an_empty_token", kClause, refuses<Call::ack_turn, Fate::empty>},
    {"ack_turn_refuses_a_token_of_a_deleted_instance", kClause,
     refuses<Call::ack_turn, Fate::deleted>, Hook::none, Capability::deletion},
    {"ack_turn_refuses_a_token_of_a_deleted_and_recreated_instance", kClause,
     refuses<Call::ack_turn, Fate::deleted_and_recreated>, Hook::none, Capability::deletion},
    {"ack_turn_refuses_a_token_of_the_other_queue", kClause,
     refuses<Call::ack_turn, Fate::of_the_other_queue>},

    {"abandon_turn_refuses_an_expired_token", kClause, refuses<Call::abandon_turn, Fate::expired>},
    {"abandon_turn_refuses_a_token_taken_over", kClause,
     refuses<Call::abandon_turn, Fate::taken_over>},
    {"abandon_turn_refuses_a_token_taken_over_and_released", kClause,
     refuses<Call::abandon_turn, Fate::taken_over_and_released>},
    {"abandon_turn_refuses_an_acked_token", kClause, refuses<Call::abandon_turn, Fate::acked>},
    {"abandon_turn_refuses_an_abandoned_token", kClause,
     refuses<Call::abandon_turn, Fate::abandoned>},
    {"abandon_turn_refuses_a_token_never_issued", kClause,
     refuses<Call::abandon_turn, Fate::never_issued>},
    {"abandon_turn_refuses_an_altered_token", kClause, refuses<Call::abandon_turn, Fate::altered>},
    {"abandon_turn_refuses_an_empty_token", kClause, refuses<Call::abandon_turn, Fate::empty>},
    {"abandon_turn_refuses_a_token_of_a_deleted_instance", kClause,
     refuses<Call::abandon_turn, Fate::deleted>, Hook::none, Capability::deletion},
    {"abandon_turn_refuses_a_token_of_a_deleted_and_recreated_instance", kClause,
     refuses<Call::abandon_turn, Fate::deleted_and_recreated>, Hook::none, Capability::deletion},
    {"abandon_turn_refuses_a_token_of_the_other_queue", kClause,
     refuses<Call::abandon_turn, Fate::of_the_other_queue>},

    {"renew_turn_refuses_an_expired_token", kClause, refuses<Call::renew_turn, Fate::expired>},
    {"renew_turn_refuses_a_token_taken_over", kClause, refuses<Call::renew_turn, Fate::taken_over>},
    {"renew_turn_refuses_a_token_taken_over_and_released", kClause,
     refuses<Call::renew_turn, Fate::taken_over_and_released>},
    {"renew_turn_refuses_an_acked_token", kClause, refuses<Call::renew_turn, Fate::acked>},
    {"renew_turn_refuses_an_abandoned_token", kClause, refuses<Call::renew_turn, Fate::abandoned>},
    {"renew_turn_refuses_a_token_never_issued", kClause,
     refuses<Call::renew_turn, Fate::never_issued>},
    {"renew_turn_refuses_an_altered_token", kClause, refuses<Call::renew_turn, Fate::altered>},
    {"renew_turn_refuses_an_empty_token", kClause, refuses<Call::renew_turn, Fate::empty>},
    {"renew_turn_refuses_a_token_of_a_deleted_instance", kClause,
     refuses<Call::renew_turn, Fate::deleted>, Hook::none, Capability::deletion},
    {"renew_turn_refuses_a_token_of_a_deleted_and_recreated_instance", kClause,
     refuses<Call::renew_turn, Fate::deleted_and_recreated>, Hook::none, Capability::deletion},
    {"renew_turn_refuses_a_token_of_the_other_queue", kClause,
     refuses<Call::renew_turn, Fate::of_the_other_queue>},

    {"ack_activity_refuses_an_expired_token", kClause, refuses<Call::ack_activity, Fate::expired>},
    {"ack_activity_refuses_a_token_taken_over", kClause,
     refuses<Call::ack_activity, Fate::taken_over>},
    {"ack_activity_refuses_a_token_taken_over_and_released", kClause,
     refuses<Call::ack_activity, Fate::taken_over_and_released>},
    {"ack_activity_refuses_an_acked_token", kClause, refuses<Call::ack_activity, Fate::acked>},
    {"ack_activity_refuses_an_abandoned_token", kClause,
     refuses<Call::ack_activity, Fate::abandoned>},
    {"ack_activity_refuses_a_cancelled_token", kClause,
     refuses<Call::ack_activity, Fate::cancelled>},
    {"ack_activity_refuses_a_token_never_issued", kClause,
     refuses<Call::ack_activity, Fate::never_issued>},
    {"ack_activity_refuses_an_altered_token", kClause, refuses<Call::ack_activity, Fate::altered>},
    {"ack_activity_refuses_an_empty_token", kClause, refuses<Call::ack_activity, Fate::empty>},
    {"ack_activity_refuses_a_token_of_a_deleted_instance", kClause,
     refuses<Call::ack_activity, Fate::deleted>, Hook::none, Capability::deletion},
    {"ack_activity_refuses_a_token_of_a_deleted_and_recreated_instance", kClause,
     refuses<Call::ack_activity, Fate::deleted_and_recreated>, Hook::none, Capability::deletion},
    {"ack_activity_refuses_a_token_of_the_other_queue", kClause,
     refuses<Call::ack_activity, Fate::of_the_other_queue>},

    {"abandon_activity_refuses_an_expired_token", kClause,
     refuses<Call::abandon_activity, Fate::expired>},
    {"abandon_activity_refuses_a_token_taken_over", kClause,
     refuses<Call::abandon_activity, Fate::taken_over>},
    {"abandon_activity_refuses_a_token_taken_over_and_released", kClause,
     refuses<Call::abandon_activity, Fate::taken_over_and_released>},
    {"abandon_activity_refuses_an_acked_token", kClause,
     refuses<Call::abandon_activity, Fate::acked>},
    {"abandon_activity_refuses_an_abandoned_token", kClause,
     refuses<Call::abandon_activity, Fate::abandoned>},
    {"abandon_activity_refuses_a_cancelled_token", kClause,
     refuses<Call::abandon_activity, Fate::cancelled>},
    {"abandon_activity_refuses_a_token_never_issued", kClause,
     refuses<Call::abandon_activity, Fate::never_issued>},
    {"abandon_activity_refuses_an_altered_token", kClause,
     refuses<Call::abandon_activity, Fate::altered>},
    {"abandon_activity_refuses_an_empty_token", kClause,
     refuses<Call::abandon_activity, Fate::empty>},
    {"abandon_activity_refuses_a_token_of_a_deleted_instance", kClause,
     refuses<Call::abandon_activity, Fate::deleted>, Hook::none, Capability::deletion},
    {"abandon_activity_refuses_a_token_of_a_deleted_and_recreated_instance", kClause,
     refuses<Call::abandon_activity, Fate::deleted_and_recreated>, Hook::none,
     Capability::deletion},
    {"abandon_activity_refuses_a_token_of_the_other_queue", kClause,
     refuses<Call::abandon_activity, Fate::of_the_other_queue>},

    {"renew_activity_refuses_an_expired_token", kClause,
     refuses<Call::renew_activity, Fate::expired>},
    {"renew_activity_refuses_a_token_taken_over", kClause,
     refuses<Call::renew_activity, Fate::taken_over>},
    {"renew_activity_refuses_a_token_taken_over_and_released", kClause,
     refuses<Call::renew_activity, Fate::taken_over_and_released>},
    {"renew_activity_refuses_an_acked_token", kClause, refuses<Call::renew_activity, Fate::acked>},
    {"renew_activity_refuses_an_abandoned_token", kClause,
     refuses<Call::renew_activity, Fate::abandoned>},
    {"renew_activity_refuses_a_cancelled_token", kClause,
     refuses<Call::renew_activity, Fate::cancelled>},
    {"renew_activity_refuses_a_token_never_issued", kClause,
     refuses<Call::renew_activity, Fate::never_issued>},
    {"renew_activity_refuses_an_altered_token", kClause,
     refuses<Call::renew_activity, Fate::altered>},
    {"renew_activity_refuses_an_empty_token", kClause, refuses<Call::renew_activity, Fate::empty>},
    {"renew_activity_refuses_a_token_of_a_deleted_instance", kClause,
     refuses<Call::renew_activity, Fate::deleted>, Hook::none, Capability::deletion},
    {"renew_activity_refuses_a_token_of_a_deleted_and_recreated_instance", kClause,
     refuses<Call::renew_activity, Fate::deleted_and_recreated>, Hook::none, Capability::deletion},
    {"renew_activity_refuses_a_token_of_the_other_queue", kClause,
     refuses<Call::renew_activity, Fate::of_the_other_queue>},
};

}  // namespace

std::span<const Validation> stale_token_validations() { return kRows; }

}  // namespace ackproof
