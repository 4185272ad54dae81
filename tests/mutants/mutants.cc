#include "tests/mutants/mutants.h"

#include "reference_providers/memory/memory_provider.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif
#include "tests/mutants/defect.h"
#ifdef ACKPROOF_HAVE_POSTGRES
#include "tests/mutants/postgres_defects.h"
#endif
#ifdef ACKPROOF_HAVE_REDIS
#include "tests/mutants/redis_defects.h"
#endif

namespace ackproof {

namespace {

// The good provider that a defect spoils, or nothing when it is not built in.
std::vector<ProviderFactory> base_of(const Defect& defect) {
  if (defect.base == Spoils::memory) return {memory::factory()};
  if (defect.base == Spoils::bare_memory) return {memory::factory({Capability::queues})};
#ifdef ACKPROOF_HAVE_SQLITE
  return {sqlite::factory()};
#else
  return {};
#endif
}

ProviderFactory spoiled(ProviderFactory good, const Defect& defect) {
  ProviderFactory broken = good;
  broken.name = defect.name;
  broken.summary = defect.summary;
  broken.open = [open = good.open,
                 spoil = defect.spoil](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    Result<std::unique_ptr<Provider>> inner = open(scope);
    if (!inner) return inner.error();
    return spoil(std::move(inner).value(), scope);
  };
  return broken;
}

// The files of defects, in the order of the report.
constexpr std::span<const Defect> (*kParts[])() = {
    commit_defects,          fetch_defects,           lock_defects,
    activity_defects,        history_defects,         error_defects,
    durability_defects,      session_defects,         tag_defects,
    version_defects,         custom_status_defects,   key_value_defects,
    value_place_defects,     management_defects,      deletion_defects,
    deletion_set_defects,    depth_defects,           leftover_defects,
    leftover_facet_defects,  late_ack_defects,        bulk_deletion_defects,
    pruning_defects,         pruning_option_defects,  admin_argument_defects,
    polling_defects,         event_store_defects,     context_store_defects,
    store_argument_defects,  model_defects,           sequence_defects,
    bound_defects,           engine_defects,          session_ownership_defects,
    session_renewal_defects, session_cleanup_defects, routing_defects,
    continuation_defects,    stale_handle_defects,
};

std::vector<Mutant> make_all() {
  std::vector<Mutant> all;
  for (const auto part : kParts) {
    for (const Defect& defect : part()) {
      for (ProviderFactory& good : base_of(defect)) {
        all.push_back(
            {defect.name, &defect.breaks, defect.summary, spoiled(std::move(good), defect)});
      }
    }
  }
  for (Mutant& mutant : filesystem_mutants()) all.push_back(std::move(mutant));
#ifdef ACKPROOF_HAVE_POSTGRES
  for (Mutant& mutant : postgres_mutants()) all.push_back(std::move(mutant));
#endif
#ifdef ACKPROOF_HAVE_REDIS
  for (Mutant& mutant : redis_mutants()) all.push_back(std::move(mutant));
#endif
  return all;
}

}  // namespace

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> all = make_all();
  return all;
}

}  // namespace ackproof
