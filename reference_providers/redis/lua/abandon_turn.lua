-- now, token, delay, 1 to take the attempt back
local now, token, delay = take_now(), take(), take_number()
local ignores_attempt = take() == '1'
local turn = open_turn(token, now)
if not turn then
  return NO_TURN
end

local messages, queue = key('messages', turn.id), key('queue', turn.id)
local hidden = delay > 0 and later(now, delay)
for _, place in ipairs((hidden or ignores_attempt) and batch_of(turn) or {}) do
  if hidden then
    call('ZADD', queue, hidden, place)
    if call('ZSCORE', key('starts', turn.id), place) then
      call('ZADD', key('starts', turn.id), hidden, place)
    end
  end
  if ignores_attempt and tonumber(call('HGET', messages, 'a' .. place) or 0) > 0 then
    call('HINCRBY', messages, 'a' .. place, -1)
  end
end
release(turn.id, turn.exists, turn.execution)
return finish(OK)
