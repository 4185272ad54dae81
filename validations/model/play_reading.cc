// Calls that read.
#include "validations/model/player.h"

namespace ackproof::model {

// --- Reading

Complaint Player::read(const std::string& instance) {
  auto said = model_.info(instance);
  const auto answer = provider().read_instance(instance);
  if (said && answer && answer.value() && !is_virtual()) {
    said->created_at = answer.value()->created_at;
    said->updated_at = answer.value()->updated_at;
  }
  if (Complaint complaint = compare("read_instance " + instance, said, answer)) return complaint;
  const std::uint64_t last = said ? said->execution + 1 : 1;
  for (std::uint64_t execution = 1; execution <= last; ++execution) {
    const std::string what = "read_history " + instance + " " + std::to_string(execution);
    Complaint complaint = compare(what, model_.history(instance, execution),
                                  provider().read_history(instance, execution));
    if (complaint) return complaint;
  }
  return compare("read_history " + instance, model_.history(instance, std::nullopt),
                 provider().read_history(instance));
}

Complaint Player::read_facets(const std::string& instance) {
  if (has(Capability::custom_status)) {
    for (const std::uint64_t seen : {0U, 1U, 2U}) {
      Complaint complaint =
          compare("read_custom_status " + instance, model_.custom_status(instance, seen),
                  provider().read_custom_status(instance, seen));
      if (complaint) return complaint;
    }
  }
  if (!has(Capability::key_value)) return std::nullopt;
  const std::map<std::string, KeyValue> values = model_.values(instance);
  for (const std::string& key : kKeys) {
    const auto found = values.find(key);
    const auto said = found == values.end() ? std::nullopt : std::optional(found->second);
    const auto answer = provider().read_value(instance, key);
    if (Complaint complaint = compare("read_value " + key, said, answer)) return complaint;
  }
  return compare("read_values " + instance, values, provider().read_values(instance));
}

Complaint Player::read_managed(const std::string& instance) {
  Provider& p = provider();
  auto children = p.list_children(instance);
  if (children) children = sorted(children.value());
  const std::string of = " " + instance;
  if (auto wrong = compare("list_children" + of, model_.children(instance), children)) return wrong;
  if (!model_.exists(instance)) {
    const Refusals why{ErrorKind::not_found};
    if (auto wrong = judge("list_executions" + of, why, p.list_executions(instance))) return wrong;
    if (auto wrong = judge("read_parent" + of, why, p.read_parent(instance))) return wrong;
    if (auto wrong = judge("read_tree" + of, why, p.read_tree(instance))) return wrong;
    return judge("read_execution" + of, why, p.read_execution(instance, 1));
  }

  // Each is judged before the next call, so that a script ends with the one that is wrong.
  const std::vector<std::uint64_t> numbers = model_.executions(instance);
  if (auto wrong = compare("list_executions" + of, numbers, p.list_executions(instance))) {
    return wrong;
  }
  if (auto wrong = compare("read_parent" + of, model_.parent(instance), p.read_parent(instance))) {
    return wrong;
  }
  const auto tree = p.read_tree(instance);
  if (auto wrong = judge("read_tree" + of, {}, tree)) return wrong;
  if (tree.value().members.empty() || tree.value().members[0] != instance) {
    return "read_tree" + of + " does not begin with the instance";
  }
  const InstanceTree said{instance, sorted(model_.tree(instance))};
  const InstanceTree answered{tree.value().root, sorted(tree.value().members)};
  if (auto wrong = differs("read_tree" + of, said, answered)) return wrong;
  for (std::uint64_t number = 1; number <= numbers.back() + 1; ++number) {
    const std::string what = "read_execution" + of + " " + std::to_string(number);
    const auto answer = p.read_execution(instance, number);
    auto info = model_.execution(instance, number);
    if (!info) {
      if (auto wrong = judge(what, {ErrorKind::not_found}, answer)) return wrong;
      continue;
    }
    if (answer && !is_virtual()) {
      info->created_at = answer.value().created_at;
      if (info->completed_at && answer.value().completed_at) {
        info->completed_at = answer.value().completed_at;
      }
    }
    if (auto wrong = compare(what, *info, answer)) return wrong;
  }
  return std::nullopt;
}

Complaint Player::read_store() {
  Provider& p = provider();
  for (const std::optional<Status> status :
       {std::optional<Status>(), std::optional(Status::running), std::optional(Status::completed),
        std::optional(Status::failed), std::optional(Status::continued_as_new)}) {
    auto list = p.list_instances(status);
    if (list) list = sorted(list.value());
    const std::string what = status ? "list_instances by status" : "list_instances";
    if (auto wrong = compare(what, model_.list(status), list)) return wrong;
  }
  const Time moment = now();
  if (auto wrong = compare("read_queue_depths", model_.depths(moment), p.read_queue_depths())) {
    return wrong;
  }
  return compare("read_totals", model_.totals(), p.read_totals());
}

}  // namespace ackproof::model
