#include "validations/catalogue.h"

#include <algorithm>
#include <vector>

namespace ackproof {

std::span<const Validation> catalogue() {
  static const std::vector<Validation> all = [] {
    std::vector<Validation> rows;
    for (const auto part : {capability_validations(),
                            error_validations(),
                            bad_argument_validations(),
                            value_validations(),
                            size_validations(),
                            reopen_validations(),
                            reopen_lock_validations(),
                            handle_validations(),
                            time_validations(),
                            turn_ack_validations(),
                            turn_ack_atomicity_validations(),
                            turn_refusal_validations(),
                            turn_cancellation_validations(),
                            turn_record_validations(),
                            turn_fetch_validations(),
                            turn_start_validations(),
                            turn_readiness_validations(),
                            lock_validations(),
                            abandon_validations(),
                            lock_isolation_validations(),
                            lock_contention_validations(),
                            token_validations(),
                            stale_token_validations(),
                            activity_validations(),
                            completion_validations(),
                            attempt_validations(),
                            history_validations(),
                            record_validations(),
                            session_validations(),
                            session_ownership_validations(),
                            session_race_validations(),
                            session_renewal_validations(),
                            session_activity_validations(),
                            session_cleanup_validations(),
                            tag_validations(),
                            tag_path_validations(),
                            routing_argument_validations(),
                            version_filter_validations(),
                            version_pin_validations(),
                            custom_status_validations(),
                            instance_state_validations(),
                            instance_state_limit_validations(),
                            key_value_validations(),
                            key_value_snapshot_validations(),
                            key_value_ownership_validations(),
                            key_value_count_validations(),
                            management_validations(),
                            execution_time_validations(),
                            tree_validations(),
                            queue_depth_validations(),
                            deletion_validations(),
                            deletion_leftover_validations(),
                            deletion_race_validations(),
                            deletion_set_validations(),
                            bulk_deletion_validations(),
                            pruning_validations(),
                            pruning_option_validations(),
                            admin_argument_validations(),
                            long_polling_validations(),
                            polling_delay_validations(),
                            waiting_fetch_validations(),
                            session_poll_validations(),
                            event_stream_validations(),
                            stream_field_validations(),
                            stream_snapshot_validations(),
                            output_validations(),
                            global_validations(),
                            store_argument_validations(),
                            store_reopen_validations(),
                            combination_validations(),
                            bound_validations(),
                            sequence_validations(),
                            scenario_validations()}) {
      for (const Validation& row : part) rows.push_back(row);
    }
    return rows;
  }();
  return all;
}

const Validation* find_validation(std::string_view name) {
  const auto all = catalogue();
  const auto found = std::ranges::find(all, name, &Validation::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace ackproof
