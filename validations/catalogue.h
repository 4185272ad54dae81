// All validations there are, in the order of their files. Adding one is a function and a row.
#pragma once

#include <span>
#include <string_view>

#include "validations/validation.h"

namespace ackproof {

std::span<const Validation> catalogue();

// The validation of this name, or null.
const Validation* find_validation(std::string_view name);

// The rows of each file of validations. The catalogue is their sum.
std::span<const Validation> turn_ack_validations();
std::span<const Validation> turn_ack_atomicity_validations();
std::span<const Validation> turn_refusal_validations();
std::span<const Validation> turn_cancellation_validations();
std::span<const Validation> turn_record_validations();
std::span<const Validation> turn_fetch_validations();
std::span<const Validation> turn_start_validations();
std::span<const Validation> turn_readiness_validations();
std::span<const Validation> lock_validations();
std::span<const Validation> abandon_validations();
std::span<const Validation> lock_isolation_validations();
std::span<const Validation> lock_contention_validations();
std::span<const Validation> token_validations();
std::span<const Validation> stale_token_validations();
std::span<const Validation> activity_validations();
std::span<const Validation> completion_validations();
std::span<const Validation> attempt_validations();
std::span<const Validation> history_validations();
std::span<const Validation> record_validations();
std::span<const Validation> value_validations();
std::span<const Validation> size_validations();
std::span<const Validation> error_validations();
std::span<const Validation> bad_argument_validations();
std::span<const Validation> time_validations();
std::span<const Validation> reopen_validations();
std::span<const Validation> reopen_lock_validations();
std::span<const Validation> handle_validations();
std::span<const Validation> capability_validations();
std::span<const Validation> session_validations();
std::span<const Validation> session_ownership_validations();
std::span<const Validation> session_race_validations();
std::span<const Validation> session_renewal_validations();
std::span<const Validation> session_activity_validations();
std::span<const Validation> session_cleanup_validations();
std::span<const Validation> tag_validations();
std::span<const Validation> tag_path_validations();
std::span<const Validation> routing_argument_validations();
std::span<const Validation> version_filter_validations();
std::span<const Validation> version_pin_validations();
std::span<const Validation> custom_status_validations();
std::span<const Validation> instance_state_validations();
std::span<const Validation> instance_state_limit_validations();
std::span<const Validation> key_value_validations();
std::span<const Validation> key_value_snapshot_validations();
std::span<const Validation> key_value_ownership_validations();
std::span<const Validation> key_value_count_validations();
std::span<const Validation> management_validations();
std::span<const Validation> execution_time_validations();
std::span<const Validation> tree_validations();
std::span<const Validation> queue_depth_validations();
std::span<const Validation> deletion_validations();
std::span<const Validation> deletion_leftover_validations();
std::span<const Validation> deletion_race_validations();
std::span<const Validation> deletion_set_validations();
std::span<const Validation> bulk_deletion_validations();
std::span<const Validation> pruning_validations();
std::span<const Validation> pruning_option_validations();
std::span<const Validation> admin_argument_validations();
std::span<const Validation> long_polling_validations();
std::span<const Validation> polling_delay_validations();
std::span<const Validation> waiting_fetch_validations();
std::span<const Validation> session_poll_validations();
std::span<const Validation> event_stream_validations();
std::span<const Validation> stream_field_validations();
std::span<const Validation> stream_snapshot_validations();
std::span<const Validation> output_validations();
std::span<const Validation> global_validations();
std::span<const Validation> store_argument_validations();
std::span<const Validation> store_reopen_validations();
std::span<const Validation> combination_validations();
std::span<const Validation> bound_validations();
std::span<const Validation> sequence_validations();
std::span<const Validation> scenario_validations();

}  // namespace ackproof
