// Streams, snapshots, outputs and globals are there after every handle was closed and the store was
// opened again, and what was written once stays written once.
#include <memory>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

using Handle = std::unique_ptr<Provider>;

// `provider` is the only handle there is.
void reopen(Context& ctx, Handle& provider) {
  provider.reset();
  provider = ctx.open();
}

void streams_survive_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 9));
  append(*provider, "order-2", events_by("other", 1, 2));
  append(*provider, "order-1", stream_events(10, 12));

  reopen(ctx, provider);

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 12));
  EXPECT_EQ(provider->read_stream("order-1", 10).value(), stream_events(10, 12));
  EXPECT_EQ(all_of(*provider, "order-2"), events_by("other", 1, 2));
}

void snapshots_survive_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 10));
  for (const std::uint64_t id : {10, 9}) {
    provider->put_snapshot("order-1", {.event_id = id, .state = "state"}).value();
  }
  provider->put_snapshot("order-1", {.event_id = 10, .state = "mended"}).value();
  append(*provider, "order-2", stream_events(1, 1));

  reopen(ctx, provider);

  const Snapshot mended{.event_id = 10, .state = "mended"};
  EXPECT_EQ(provider->read_snapshot("order-1").value(), mended);
  EXPECT_TRUE(nothing(provider->read_snapshot("order-2")));
}

void outputs_survive_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->put_output({"order-1", "pay"}, Bytes("\0paid\xFF", 6)).value();
  provider->put_output({"order-1", "notify"}, "").value();
  provider->put_output({"order-2", "pay"}, "other").value();

  reopen(ctx, provider);

  EXPECT_EQ(provider->read_output({"order-1", "pay"}).value(), Bytes("\0paid\xFF", 6));
  EXPECT_EQ(provider->read_output({"order-1", "notify"}).value(), "");
  EXPECT_EQ(provider->read_output({"order-2", "pay"}).value(), "other");
  EXPECT_EQ(nodes_of(*provider, "order-1"), (std::vector<std::string>{"notify", "pay"}));
}

void globals_survive_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->put_global("put", "kept").value();
  provider->put_global("replaced", "old").value();
  provider->upsert_global("replaced", "new").value();
  provider->upsert_global("upserted", "").value();

  reopen(ctx, provider);

  EXPECT_EQ(provider->read_global("put").value(), "kept");
  EXPECT_EQ(provider->read_global("replaced").value(), "new");
  EXPECT_EQ(provider->read_global("upserted").value(), "");
}

// --- What goes on

void stream_continues_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 9));

  for (std::uint64_t next = 10; next <= 12; ++next) {
    reopen(ctx, provider);

    for (const std::uint64_t id : {std::uint64_t{1}, next - 1, next + 1}) {
      const auto refused = provider->append_stream("order-1", id, {stream_event(id)});
      EXPECT_TRUE(fails_with(refused, ErrorKind::conflict)) << id << " before " << next;
    }
    append(*provider, "order-1", {stream_event(next)});
  }

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 12));
}

void snapshots_go_on_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 10));
  provider->put_snapshot("order-1", {.event_id = 9, .state = "nine"}).value();

  reopen(ctx, provider);
  provider->put_snapshot("order-1", {.event_id = 3, .state = "three"}).value();
  EXPECT_EQ(provider->read_snapshot("order-1").value()->event_id, 9U);
  const auto refused = provider->put_snapshot("order-1", {.event_id = 11, .state = "none"});
  EXPECT_TRUE(fails_with(refused, ErrorKind::not_found));
  provider->put_snapshot("order-1", {.event_id = 10, .state = "ten"}).value();

  EXPECT_EQ(provider->read_snapshot("order-1").value(), (Snapshot{.event_id = 10, .state = "ten"}));
}

void outputs_stay_written_once_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->put_output({"order-1", "pay"}, "paid").value();

  reopen(ctx, provider);

  const auto again = provider->put_output({"order-1", "pay"}, "refunded");
  EXPECT_TRUE(fails_with(again, ErrorKind::conflict));
  EXPECT_EQ(provider->read_output({"order-1", "pay"}).value(), "paid");
}

void globals_stay_written_once_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->put_global("put", "kept").value();
  provider->upsert_global("upserted", "kept").value();

  reopen(ctx, provider);

  for (const char* key : {"put", "upserted"}) {
    EXPECT_TRUE(fails_with(provider->put_global(key, "late"), ErrorKind::conflict)) << key;
    EXPECT_EQ(provider->read_global(key).value(), "kept");
  }
}

constexpr Validation row(std::string_view name, const Requirement& proves, void (*check)(Context&),
                         Capability needs) {
  Validation validation = of_store(name, proves, check, needs);
  validation.reopens = true;
  return validation;
}

constexpr Capability kStreams = Capability::event_store;
constexpr Capability kContext = Capability::context_store;

constexpr Validation kRows[] = {
    row("streams_survive_a_reopen", requirement("DUR_1"), streams_survive_a_reopen, kStreams),
    row("snapshots_survive_a_reopen", requirement("DUR_1"), snapshots_survive_a_reopen, kStreams),
    row("outputs_survive_a_reopen", requirement("DUR_1"), outputs_survive_a_reopen, kContext),
    row("globals_survive_a_reopen", requirement("DUR_1"), globals_survive_a_reopen, kContext),
    row("stream_continues_after_a_reopen", requirement("DUR_3"), stream_continues_after_a_reopen,
        kStreams),
    row("snapshots_go_on_after_a_reopen", requirement("DUR_3"), snapshots_go_on_after_a_reopen,
        kStreams),
    row("outputs_stay_written_once_after_a_reopen", requirement("DUR_3"),
        outputs_stay_written_once_after_a_reopen, kContext),
    row("globals_stay_written_once_after_a_reopen", requirement("DUR_3"),
        globals_stay_written_once_after_a_reopen, kContext),
};

}  // namespace

std::span<const Validation> store_reopen_validations() { return kRows; }

}  // namespace ackproof
