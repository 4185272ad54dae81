// Calls that delete and prune.
#include "validations/bulk.h"
#include "validations/model/player.h"

namespace ackproof::model {

// --- Deletion and pruning

// Now, a span ago, or no bound at all.
std::optional<Time> Player::bound(unsigned number) const {
  if (!is_virtual() || bits(number, 0, 1) == 0) return std::nullopt;
  return bits(number, 1, 1) == 1 ? now() - kSpan : now();
}

Complaint Player::delete_instance(const Op& op) {
  const bool force = bits(op.a, 0, 1) == 1;
  const Refusals why = model_.against_deleting(instance(op), force);
  const auto answer = provider().delete_instance(instance(op), force);
  if (Complaint complaint = judge("delete_instance", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  return differs("delete_instance", model_.remove(model_.tree(instance(op))), answer.value());
}

Complaint Player::delete_instances(const Op& op) {
  const bool force = bits(op.a, 0, 1) == 1;
  std::vector<std::string> members{instance(op)};
  for (unsigned n = 0; n < kInstances.size(); ++n) {
    if (bits(op.a, 1 + n, 1) == 1) members.push_back(kInstances[n]);
  }
  return delete_set(members, force);
}

Complaint Player::delete_set(const std::vector<std::string>& members, bool force) {
  const Refusals why = model_.against_deleting(members, force);
  const auto answer = provider().delete_instances(members, force);
  if (Complaint complaint = judge("delete_instances", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  return differs("delete_instances", model_.remove(members), answer.value());
}

Complaint Player::delete_matching(const Op& op) {
  InstanceFilter filter{.completed_before = bound(bits(op.a, 0, 2))};
  if (bits(op.a, 2, 1) == 1) filter.instances = {{instance(op), "nobody", instance(op)}};
  if (bits(op.a, 3, 1) == 1) filter.limit = bits(op.a, 4, 2);
  for (;;) {
    const std::vector<std::string> roots = model_.deletable(filter);
    std::vector<std::string> gone;
    const BulkWatch watch(description_.capabilities);
    const auto answer = provider().delete_matching(filter);
    const bool may_have_stopped = watch.may_have_stopped();
    if (Complaint complaint = judge("delete_matching", {}, answer)) return complaint;
    if (Complaint complaint = remove_gone(roots, answer.value(), gone)) return complaint;
    if (gone.size() == std::min<std::size_t>(filter.limit, roots.size())) return std::nullopt;
    if (gone.empty() || gone.size() > filter.limit || !may_have_stopped) {
      return "delete_matching took " + testing::PrintToString(gone) + " of " +
             testing::PrintToString(roots) + " with limit " + std::to_string(filter.limit);
    }
    filter.limit -= gone.size();
  }
}

// Which of the roots a limit takes is the provider's choice. `gone` becomes those that it took.
Complaint Player::remove_gone(const std::vector<std::string>& roots, const DeletionCounts& answer,
                              std::vector<std::string>& gone) {
  DeletionCounts said;
  for (const std::string& root : roots) {
    const auto left = provider().read_instance(root);
    if (Complaint complaint = judge("read_instance", {}, left)) return complaint;
    if (left.value()) continue;
    gone.push_back(root);
    const DeletionCounts counts = model_.remove(model_.tree(root));
    said.instances += counts.instances;
    said.executions += counts.executions;
    said.events += counts.events;
    said.queued_items += counts.queued_items;
  }
  return differs("delete_matching", said, answer);
}

Complaint Player::prune_instance(const Op& op) {
  PruneOptions options{.completed_before = bound(bits(op.a, 0, 2))};
  if (bits(op.a, 2, 1) == 1) options.keep_last = bits(op.a, 3, 2);
  const auto answer = provider().prune_instance(instance(op), options);
  if (!model_.exists(instance(op))) {
    return judge("prune_instance", {ErrorKind::not_found}, answer);
  }
  return compare("prune_instance", model_.prune(instance(op), options), answer);
}

Complaint Player::prune_matching(const Op& op) {
  InstanceFilter filter{.completed_before = bound(bits(op.a, 0, 2))};
  if (bits(op.a, 2, 1) == 1) filter.instances = {{instance(op), "nobody", instance(op)}};
  const PruneOptions options{.keep_last = bits(op.a, 3, 2),
                             .completed_before = bound(bits(op.a, 5, 2))};
  PruneCounts said;
  for (const std::string& id : model_.prunable(filter)) {
    const PruneCounts counts = model_.prune(id, options);
    said.instances += counts.instances;
    said.executions += counts.executions;
    said.events += counts.events;
  }
  PruneCounts answered;
  bool may_have_stopped = true;
  for (int part = 0; part < kMostParts && may_have_stopped; ++part) {
    const BulkWatch watch(description_.capabilities);
    const auto answer = provider().prune_matching(filter, options);
    may_have_stopped = watch.may_have_stopped();
    if (Complaint complaint = judge("prune_matching", {}, answer)) return complaint;
    answered.instances = answer.value().instances;
    answered.executions += answer.value().executions;
    answered.events += answer.value().events;
  }
  return differs("prune_matching", said, answered);
}

}  // namespace ackproof::model
