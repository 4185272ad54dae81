-- now
if lapse_due(take_now()) then
  return {'more'}
end
local removed = 0
for _, session in ipairs(call('SMEMBERS', key('lapsed'))) do
  if call('HEXISTS', key('bound'), session) == 0 then  -- A locked or hidden item is queued too.
    call('SREM', key('lapsed'), session)
    removed = removed + 1
  end
end
return {'ok', removed}
