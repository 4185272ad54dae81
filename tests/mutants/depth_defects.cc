// Providers whose queue depths (MGMT_2) or trees (MGMT_3) are not the facts.
#include <algorithm>
#include <atomic>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// --- MGMT_2

template <void (*change)(Provider&, QueueDepths&)>
struct ChangesDepths : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<QueueDepths> read_queue_depths() override {
    Result<QueueDepths> depths = inner().read_queue_depths();
    if (depths) change(inner(), depths.value());
    return depths;
  }
};

void take_hidden_for_ready(Provider&, QueueDepths& depths) {
  for (QueueDepth* queue : {&depths.messages, &depths.activities}) {
    queue->ready += std::exchange(queue->hidden, 0);
  }
}

void leave_out_hidden(Provider&, QueueDepths& depths) {
  depths.messages.hidden = depths.activities.hidden = 0;
}

void take_held_for_ready(Provider&, QueueDepths& depths) {
  depths.messages.ready += std::exchange(depths.messages.held, 0);
}

void leave_out_held(Provider&, QueueDepths& depths) { depths.messages.held = 0; }

void count_locked_twice(Provider&, QueueDepths& depths) {
  depths.messages.ready += depths.messages.locked;
  depths.activities.ready += depths.activities.locked;
}

void exchange_the_queues(Provider&, QueueDepths& depths) {
  std::swap(depths.messages, depths.activities);
}

void leave_out_undecodable(Provider& inner, QueueDepths& depths) {
  for (const Turn& turn : fetch_all(inner, {})) {
    for (const Message& message : turn.messages) {
      if (message.error) --depths.messages.ready;
    }
    unfetch(inner, turn);
  }
}

void look_twice_at_messages(Provider& inner, QueueDepths& depths) {
  linger();
  depths.messages.locked = inner.read_queue_depths().value().messages.locked;
}

void look_at_one_queue_after_the_other(Provider& inner, QueueDepths& depths) {
  linger();
  depths.activities = inner.read_queue_depths().value().activities;
}

// How many messages and activities each lock opened.
struct Opened {
  std::map<std::string, std::uint64_t> messages;    // By token, until it is given back.
  std::map<std::string, std::uint64_t> activities;  // The same.
  std::uint64_t abandoned_messages = 0;
};

std::uint64_t sum(const std::map<std::string, std::uint64_t>& opened) {
  std::uint64_t all = 0;
  for (const auto& [token, count] : opened) all += count;
  return all;
}

// Remembers what was handed out and not given back.
class KnowsLocks : public Sharing<Opened> {
 public:
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) {
      state()->messages[turn.value()->token.value] = turn.value()->messages.size();
    }
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->messages.erase(token.value);
    return acked;
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_turn(token, how);
    auto opened = state();
    if (abandoned) opened->abandoned_messages += opened->messages[token.value];
    if (abandoned) opened->messages.erase(token.value);
    return abandoned;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (locked && locked.value()) state()->activities[locked.value()->token.value] = 1;
    return locked;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, completion);
    if (acked) state()->activities.erase(token.value);
    return acked;
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_activity(token, how);
    if (abandoned) state()->activities.erase(token.value);
    return abandoned;
  }
};

void move_to_locked(QueueDepth& depth, std::uint64_t count) {
  count = std::min(count, depth.ready);
  depth.ready -= count;
  depth.locked += count;
}

// A token that is stored counts as a lock, whatever its deadline.
struct ExpiredLocksCountAsLocked : KnowsLocks {
  using KnowsLocks::KnowsLocks;
  Result<QueueDepths> read_queue_depths() override {
    Result<QueueDepths> depths = inner().read_queue_depths();
    if (!depths) return depths;
    const std::uint64_t messages = sum(state()->messages);
    const std::uint64_t activities = sum(state()->activities);
    QueueDepths& told = depths.value();
    move_to_locked(told.messages, messages - std::min(messages, told.messages.locked));
    move_to_locked(told.activities, activities - std::min(activities, told.activities.locked));
    return depths;
  }
};

// Abandoning leaves the token in the rows, and rows with a token are locked.
struct AbandonedMessagesCountAsLocked : KnowsLocks {
  using KnowsLocks::KnowsLocks;
  Result<QueueDepths> read_queue_depths() override {
    Result<QueueDepths> depths = inner().read_queue_depths();
    if (depths) move_to_locked(depths.value().messages, state()->abandoned_messages);
    return depths;
  }
};

// Of a locked instance only the batch counts as locked.
struct LockedCountsTheBatchOnly : KnowsLocks {
  using KnowsLocks::KnowsLocks;
  Result<QueueDepths> read_queue_depths() override {
    Result<QueueDepths> depths = inner().read_queue_depths();
    if (!depths) return depths;
    QueueDepth& told = depths.value().messages;
    const std::uint64_t batches = std::min(told.locked, sum(state()->messages));
    told.ready += told.locked - batches;
    told.locked = batches;
    return depths;
  }
};

struct Kept {
  std::optional<QueueDepths> depths;
};

// Counts when something is enqueued, and believes that until the next time.
struct DepthsAreOfTheLastEnqueue : Sharing<Kept> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    state()->depths = inner().read_queue_depths().value();
    return enqueued;
  }
  Result<QueueDepths> read_queue_depths() override {
    if (const auto kept = state()->depths) return *kept;
    return inner().read_queue_depths();
  }
};

struct Special {
  std::uint64_t activities = 0;
};

// Leaves out what not everybody may take.
template <bool (*is_special)(const Activity&)>
struct DepthsLeaveOut : Sharing<Special> {
  using Sharing::Sharing;
  Result<void> enqueue_activity(const Activity& activity) override {
    const Result<void> enqueued = inner().enqueue_activity(activity);
    if (enqueued && is_special(activity)) ++state()->activities;
    return enqueued;
  }
  Result<QueueDepths> read_queue_depths() override {
    Result<QueueDepths> depths = inner().read_queue_depths();
    if (!depths) return depths;
    std::uint64_t& ready = depths.value().activities.ready;
    ready -= std::min(ready, state()->activities);
    return depths;
  }
};

bool has_tag(const Activity& activity) { return activity.tag.has_value(); }
bool has_session(const Activity& activity) { return activity.session.has_value(); }

// After reopening, locks are forgotten by the statistics.
struct LocksOfAnotherLifeCountAsReady : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    has_fetched_ = true;
    return inner().fetch_turn(options);
  }
  Result<QueueDepths> read_queue_depths() override {
    Result<QueueDepths> depths = inner().read_queue_depths();
    if (!depths || has_fetched_) return depths;
    QueueDepth& told = depths.value().messages;
    told.ready += std::exchange(told.locked, 0);
    return depths;
  }

 private:
  std::atomic<bool> has_fetched_ = false;
};

// --- MGMT_3

template <void (*change)(Provider&, InstanceTree&)>
struct ChangesTrees : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<InstanceTree> read_tree(const std::string& instance) override {
    Result<InstanceTree> tree = inner().read_tree(instance);
    if (tree) change(inner(), tree.value());
    return tree;
  }
};

// Walks from generation to generation, `most` of them.
Names walk(Provider& inner, const std::string& root, std::size_t most, bool forgets) {
  constexpr std::size_t kEnough = 5'000;
  Names members = {root}, generation = {root};
  std::set<std::string> visited = {root};
  for (std::size_t depth = 1; depth < most && !generation.empty(); ++depth) {
    Names next;
    for (const std::string& parent : generation) {
      const Result<Names> children = inner.list_children(parent);
      if (!children) continue;
      for (const std::string& child : children.value()) {
        if (visited.insert(child).second || forgets) next.push_back(child);
      }
    }
    members.insert(members.end(), next.begin(), next.end());
    if (members.size() > kEnough) break;
    generation = std::move(next);
  }
  return members;
}

void walk_two_generations(Provider& inner, InstanceTree& tree) {
  tree.members = walk(inner, tree.root, 2, false);
}

void walk_a_hundred_generations(Provider& inner, InstanceTree& tree) {
  tree.members = walk(inner, tree.root, 100, false);
}

void walk_without_remembering(Provider& inner, InstanceTree& tree) {
  tree.members = walk(inner, tree.root, 1'000, true);
}

void leave_out_the_root(Provider&, InstanceTree& tree) {
  if (tree.members.size() > 1) tree.members.erase(tree.members.begin());
}

void read_a_page(Provider&, InstanceTree& tree) {
  if (tree.members.size() > 999) tree.members.resize(999);
}

void climb_to_the_top(Provider& inner, InstanceTree& tree) {
  std::set<std::string> visited;
  std::string top = tree.root;
  while (visited.insert(top).second) {
    const auto info = record(inner, top);
    if (info && info->parent && exists(inner, *info->parent)) top = *info->parent;
  }
  tree.members = tree_of(inner, top);
}

// One look per generation, with time in between.
struct TreeIsReadStepByStep : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<InstanceTree> read_tree(const std::string& instance) override {
    const Result<InstanceTree> tree = inner().read_tree(instance);
    if (!tree) return tree;
    linger();
    return InstanceTree{.root = instance, .members = walk(inner(), instance, 100, false)};
  }
};

struct UnknownTreeIsItself : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<InstanceTree> read_tree(const std::string& instance) override {
    Result<InstanceTree> tree = inner().read_tree(instance);
    if (tree || tree.error().kind != ErrorKind::not_found) return tree;
    return InstanceTree{.root = instance, .members = {instance}};
  }
};

struct UnknownInstanceHasNoParent : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    Result<std::optional<std::string>> parent = inner().read_parent(instance);
    if (parent || parent.error().kind != ErrorKind::not_found) return parent;
    return std::optional<std::string>();
  }
};

struct UnknownExecutionIsEmpty : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    Result<ExecutionInfo> info = inner().read_execution(instance, execution);
    if (info || info.error().kind != ErrorKind::not_found) return info;
    return ExecutionInfo{.execution = execution};
  }
};

struct UnknownInstanceHasNoExecutions : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    Result<std::vector<std::uint64_t>> list = inner().list_executions(instance);
    if (list || list.error().kind != ErrorKind::not_found) return list;
    return std::vector<std::uint64_t>();
  }
};

struct ChildrenOfAnUnknownOneAreNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_children(const std::string& instance) override {
    if (!exists(inner(), instance)) {
      return Error{ErrorKind::not_found, "list_children", "no such instance"};
    }
    return inner().list_children(instance);
  }
};

struct ParentIsJoined : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    Result<std::optional<std::string>> parent = inner().read_parent(instance);
    if (parent && parent.value() && !exists(inner(), *parent.value())) {
      parent.value() = std::nullopt;
    }
    return parent;
  }
};

// Finds children by their parent column, compared in its own way.
template <bool (*is_parent)(const std::string& parent, const std::string& instance)>
struct ChildrenAreFoundBy : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_children(const std::string& instance) override {
    Names children;
    for (const std::string& id : all_instances(inner())) {
      const auto info = record(inner(), id);
      if (info && info->parent && is_parent(*info->parent, instance)) children.push_back(id);
    }
    return children;
  }
};

bool is_equal(const std::string& parent, const std::string& instance) { return parent == instance; }
bool is_prefixed(const std::string& parent, const std::string& instance) {
  return parent.rfind(instance, 0) == 0;
}
bool is_like(const std::string& parent, const std::string& instance) {
  return like(parent, instance);
}
bool is_equal_without_case(const std::string& parent, const std::string& instance) {
  return folded(parent) == folded(instance);
}

struct ChildrenAreAllDescendants : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_children(const std::string& instance) override {
    Names all = tree_of(inner(), instance);
    all.erase(all.begin());
    return all;
  }
};

struct ChildrenAreAPage : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_children(const std::string& instance) override {
    Result<Names> children = inner().list_children(instance);
    if (children && children.value().size() > 1'000) children.value().resize(1'000);
    return children;
  }
};

// Knows parents in its memory, and so only those of children that it has seen begin.
struct ParentsAreInMemory : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    has_seen_ = true;
    return inner().enqueue_message(message, delay);
  }
  Result<InstanceTree> read_tree(const std::string& instance) override {
    Result<InstanceTree> tree = inner().read_tree(instance);
    if (tree && !has_seen_) tree.value().members = {instance};
    return tree;
  }

 private:
  std::atomic<bool> has_seen_ = false;
};

constexpr const Requirement& kDepths = requirement("MGMT_2");
constexpr const Requirement& kTrees = requirement("MGMT_3");

constexpr Defect kDefects[] = {
    {"depths_take_hidden_for_ready", kDepths, "What is visible later counts as ready.",
     spoil_with<ChangesDepths<take_hidden_for_ready>>},
    {"depths_leave_out_hidden", kDepths, "What is visible later is not counted.",
     spoil_with<ChangesDepths<leave_out_hidden>>},
    {"depths_take_held_for_ready", kDepths,
     "Messages of an instance that has not started count as ready.",
     spoil_with<ChangesDepths<take_held_for_ready>>},
    {"depths_leave_out_held", kDepths,
     "Messages of an instance that has not started are not counted.",
     spoil_with<ChangesDepths<leave_out_held>>},
    {"depths_count_locked_twice", kDepths, "Locked items count as ready too.",
     spoil_with<ChangesDepths<count_locked_twice>>},
    {"depths_exchange_the_queues", kDepths, "Each queue has the depth of the other.",
     spoil_with<ChangesDepths<exchange_the_queues>>},
    {"depths_leave_out_undecodable_messages", kDepths,
     "Messages that cannot be decoded are not counted.",
     spoil_with<ChangesDepths<leave_out_undecodable>>},
    {"depths_of_messages_are_of_two_looks", kDepths,
     "Locked messages are counted a moment later than ready ones.",
     spoil_with<ChangesDepths<look_twice_at_messages>>},
    {"depths_of_the_queues_are_of_two_looks", kDepths,
     "Activities are counted a moment later than messages.",
     spoil_with<ChangesDepths<look_at_one_queue_after_the_other>>},
    {"depths_take_expired_locks_for_locks", kDepths,
     "What has a token counts as locked, whatever its deadline.",
     spoil_sharing<ExpiredLocksCountAsLocked>},
    {"depths_take_abandoned_messages_for_locked", kDepths,
     "Abandoned messages keep their token, and what has a token counts as locked.",
     spoil_sharing<AbandonedMessagesCountAsLocked>},
    {"depths_take_arrivals_of_a_locked_instance_for_ready", kDepths,
     "Of a locked instance only the batch counts as locked.",
     spoil_sharing<LockedCountsTheBatchOnly>},
    {"depths_are_of_the_last_enqueue", kDepths, "Depths are counted only when something arrives.",
     spoil_sharing<DepthsAreOfTheLastEnqueue>},
    {"depths_leave_out_tagged_activities", kDepths, "Tagged activities are not counted.",
     spoil_sharing<DepthsLeaveOut<has_tag>>},
    {"depths_leave_out_bound_activities", kDepths, "Activities of a session are not counted.",
     spoil_sharing<DepthsLeaveOut<has_session>>},
    {"depths_forget_locks_at_reopening", kDepths, "After reopening locked messages count as ready.",
     spoil_with<LocksOfAnotherLifeCountAsReady>, Spoils::sqlite},

    {"tree_is_two_generations", kTrees, "A tree is an instance and its children.",
     spoil_with<ChangesTrees<walk_two_generations>>},
    {"tree_is_a_hundred_generations", kTrees, "A tree walk stops at a depth of 100.",
     spoil_with<ChangesTrees<walk_a_hundred_generations>>},
    {"tree_walk_forgets_where_it_was", kTrees, "In a cycle members are found again and again.",
     spoil_with<ChangesTrees<walk_without_remembering>>},
    {"tree_leaves_out_its_root", kTrees, "A tree has the descendants only.",
     spoil_with<ChangesTrees<leave_out_the_root>>},
    {"tree_is_a_page", kTrees, "A tree has at most 999 members.",
     spoil_with<ChangesTrees<read_a_page>>},
    {"tree_of_a_descendant_is_that_of_its_root", kTrees, "Every tree begins at the top.",
     spoil_with<ChangesTrees<climb_to_the_top>>},
    {"tree_is_read_step_by_step", kTrees, "A tree is put together from several looks.",
     spoil_with<TreeIsReadStepByStep>},
    {"unknown_tree_is_itself", kTrees, "The tree of an unknown id is that id.",
     spoil_with<UnknownTreeIsItself>},
    {"unknown_instance_has_no_parent", kTrees, "An unknown id is taken for a root.",
     spoil_with<UnknownInstanceHasNoParent>},
    {"unknown_execution_is_an_empty_one", kTrees, "An unknown execution is told as a new one.",
     spoil_with<UnknownExecutionIsEmpty>},
    {"unknown_instance_has_no_executions", kTrees, "An unknown id has an empty list of executions.",
     spoil_with<UnknownInstanceHasNoExecutions>},
    {"children_of_an_unknown_instance_are_not_found", kTrees,
     "The children of an unknown id are an error.", spoil_with<ChildrenOfAnUnknownOneAreNotFound>},
    {"parent_that_is_gone_is_not_told", kTrees, "The parent is joined with its record.",
     spoil_with<ParentIsJoined>},
    {"children_of_a_parent_that_is_gone_are_listed", kTrees,
     "Children are looked up without looking at the parent.",
     spoil_with<ChildrenAreFoundBy<is_equal>>},
    {"children_are_found_by_prefix", kTrees, "An id has the children of all ids that it begins.",
     spoil_with<ChildrenAreFoundBy<is_prefixed>>},
    {"children_are_found_by_pattern", kTrees, "Ids with % or _ are patterns.",
     spoil_with<ChildrenAreFoundBy<is_like>>},
    {"children_are_found_without_case", kTrees, "Parents are compared without case.",
     spoil_with<ChildrenAreFoundBy<is_equal_without_case>>},
    {"children_are_all_descendants", kTrees, "Children include grandchildren.",
     spoil_with<ChildrenAreAllDescendants>},
    {"children_are_a_page", kTrees, "At most 1,000 children are listed.",
     spoil_with<ChildrenAreAPage>},
    {"parents_are_kept_in_memory", kTrees, "Trees fall apart at reopening.",
     spoil_with<ParentsAreInMemory>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> depth_defects() { return kDefects; }

}  // namespace ackproof
