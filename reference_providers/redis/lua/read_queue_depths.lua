-- now
local now = take_now()
local ready, hidden, locked, held = 0, 0, 0, 0

-- All messages of a locked instance are locked; else one is hidden, or held, or ready (MGMT_2).
for _, id in ipairs(call('SMEMBERS', key('queues'))) do
  local row = call('HMGET', key('instance', id), 'token', 'created')
  local all = call('ZCARD', key('queue', id))
  if row[1] and tonumber(call('ZSCORE', key('away'), id)) > now then
    locked = locked + all
  else
    local later_ones = call('ZCOUNT', key('queue', id), '(' .. ('%.0f'):format(now), '+inf')
    hidden = hidden + later_ones
    if row[2] or call('ZCOUNT', key('starts', id), '-inf', now) > 0 then
      ready = ready + all - later_ones
    else
      held = held + all - later_ones
    end
  end
end

local after = '(' .. ('%.0f'):format(now)
local locked_activities = call('ZCOUNT', key('locked'), after, '+inf')
local hidden_activities = call('ZCOUNT', key('hidden'), after, '+inf')
local ready_activities = call('HLEN', key('bodies')) - locked_activities - hidden_activities
return {'ok', ready, hidden, locked, held, ready_activities, hidden_activities, locked_activities}
