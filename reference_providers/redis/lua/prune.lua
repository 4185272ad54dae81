-- instance, how many executions to keep, optional bound of their end, optional bound of the
-- instance's
local id, kept, bound, instance_bound = take(), take_number(), take_optional(), take_optional()
if not exists(id) then
  return {'not_found', 'there is no such instance'}
end
local ended = call('ZSCORE', key('ended'), id)
if instance_bound and not (ended and tonumber(ended) < tonumber(instance_bound)) then
  return {'ok', 0, 0, 0}
end
-- At least one is kept, so the current execution is never among them, and all below it have ended
-- (PRUNE_1).
local counts = {executions = 0, events = 0}
for _, execution in ipairs(call('ZRANGE', key('executions', id), 0, -kept - 1)) do
  local completed = call('HGET', execution_key(id, execution), 'completed')
  if not bound or tonumber(completed) < tonumber(bound) then
    remove_execution(id, execution, counts)
  end
end
return {'ok', 1, counts.executions, counts.events}
