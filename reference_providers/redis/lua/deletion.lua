-- What the three deletions share: first is looked what speaks against it, then all goes.

local function is_queued(id)
  return call('EXISTS', key('queue', id), key('work', id)) > 0
end

-- The first who is not over. What has no record has not even started, and so is not over (DEL_4).
local function not_over(members)
  for _, id in ipairs(members) do
    if not is_terminal(id) then
      return id
    end
  end
end

local function remove_activities(id, counts)
  local sessions = {}
  for _, member in ipairs(call('ZRANGE', key('work', id), 0, -1)) do
    local place = member:sub(-16)
    local row = read_activity(place)
    remove_activity(place, row)
    counts.items = counts.items + 1
    if row.session then
      sessions[row.session] = true
    end
  end
  -- The sessions that it leaves empty go too, also live ones (DEL_2).
  for session in pairs(sessions) do
    if call('HEXISTS', key('bound'), session) == 0 then
      if call('EXISTS', key('session', session)) == 1 then
        disown(session)
      end
      call('SREM', key('lapsed'), session)
    end
  end
end

local function remove_record(id, row, counts)
  call('SREM', key('status', status_of(id)), id)
  call('ZREM', key('ended'), id)
  if row[1] then
    call('SREM', key('children', row[1]), id)
  end
  for _, execution in ipairs(call('ZRANGE', key('executions', id), 0, -1)) do
    remove_execution(id, execution, counts)
  end
  call('UNLINK', key('merged', id), key('pending', id))
  counts.instances = counts.instances + 1
end

-- Everything of an instance; tokens from before find nothing (DEL_2).
local function remove_instance(id, counts)
  local row = call('HMGET', key('instance', id), 'parent', 'line')
  if row[2] then
    leave_line(id, row[2])
  end
  call('ZREM', key('away'), id)
  if exists(id) then
    remove_record(id, row, counts)
  end
  counts.items = counts.items + call('ZCARD', key('queue', id))
  call('UNLINK', key('queue', id), key('starts', id), key('messages', id), key('instance', id))
  call('SREM', key('queues'), id)
  remove_activities(id, counts)
end

local function remove_all(members)
  local counts = {instances = 0, executions = 0, events = 0, items = 0}
  for _, id in ipairs(members) do
    remove_instance(id, counts)
  end
  return {'ok', counts.instances, counts.executions, counts.events, counts.items}
end
