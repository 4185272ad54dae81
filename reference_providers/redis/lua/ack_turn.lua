-- now, token, limit of a history, execution; optional status, output, name, version, parent, pin;
-- custom status: 1 if it changes, and its optional value; then lists: key-value changes, events,
-- activities, cancelled, messages
local now, token, history_limit = take_now(), take(), take_number()
local execution = take()
local status, output = take_optional(), take_optional()
local name, version, parent = take_optional(), take_optional(), take_optional()
local pin = take_optional()
local changes_custom, custom = take() == '1', take_optional()
local changes = take_list(take_change)
local events = take_list(function()
  return {id = take(), item = take()}
end)
local activities = take_list(take_activity)
local cancelled = take_list(function()
  return {instance = take(), key = take()}
end)
local messages = take_list(take_message)

-- What is stored about the instance and the execution, before anything is changed.
local turn = open_turn(token, now)
if not turn then
  return NO_TURN
end
local id = turn.id
local previous = turn.execution or ''
local history = key('history', execution .. ':' .. id)
local record = execution_key(id, execution)

-- --- What speaks against the commit: all of it is looked for before the first write.

local function refusal_of_record()
  if not turn.exists then
    return nil
  end
  local changes_instance = name or version or parent or changes_custom or #changes > 0
  if execution < previous and changes_instance then
    return {'invalid', 'a commit to an execution that is not the current one changes the name, '
            .. 'version, parent, custom status or key-values of the instance'}  -- ACK_17
  end
  if parent and parent ~= turn.parent then
    return {'conflict', 'the instance has another parent'}  -- ACK_15
  end
end

local function refusal_of_events()
  if call('HLEN', history) + #events > history_limit then
    return {'invalid', 'the history would have more events than the limit'}
  end
  local ids, seen = {}, {}
  for i, event in ipairs(events) do
    if seen[event.id] then
      return {'conflict', 'an event id is twice in the commit'}
    end
    seen[event.id] = true
    ids[i] = event.id
  end
  for i, stored in ipairs(values_of(history, ids)) do
    if stored then
      return {'conflict', 'event ' .. ids[i]:gsub('^0+', '') .. ' is stored already'}  -- ACK_4
    end
  end
end

local refusal = refusal_of_record() or refusal_of_events()
if refusal then
  return refusal
end

-- --- The writes

-- An optional text of a stored message: a flag, and the length before the text.
local function read_optional(item, at)
  if item:byte(at) == 0 then
    return false, at + 1
  end
  local text = struct.unpack('>I4c0', item, at + 1)
  return text, at + 5 + #text
end

-- What the engine does not say about a new instance comes from its start message (ACK_10).
local function complete_by_start()
  local place = first_visible(key('starts', id))
  local item = place and call('HGET', key('messages', id), place)
  if not item then
    return
  end
  local at = 6  -- Behind the length of the head and the kind.
  local start_name, start_version, start_parent
  start_name, at = read_optional(item, at)
  start_version, at = read_optional(item, at)
  start_parent = read_optional(item, at)
  name, version, parent = name or start_name, version or start_version, parent or start_parent
end

local function set_if_given(row, field, value)
  if value then
    call('HSET', row, field, value)
  end
end

local function save_execution()
  if call('ZADD', key('executions', id), 0, execution) == 1 then
    call('HSET', record, 'status', RUNNING, 'created', now)
    call('HINCRBY', key('store'), 'executions', 1)
  end
  set_if_given(record, 'status', status)
  set_if_given(record, 'output', output)
  set_if_given(record, 'pin', pin)
  local pairs_of_events = {}
  for _, event in ipairs(events) do
    pairs_of_events[#pairs_of_events + 1] = event.id
    pairs_of_events[#pairs_of_events + 1] = event.item
  end
  call_with('HSET', history, pairs_of_events)
end

local current = execution < previous and previous or execution

local function save_instance()
  local row = key('instance', id)
  if not turn.exists then
    complete_by_start()
    call('HSET', row, 'created', now, 'name', '')
    call('UNLINK', key('starts', id))
    if parent then
      call('SADD', key('children', parent), id)
      call('HSET', row, 'parent', parent)
    end
  end
  set_if_given(row, 'name', name)
  set_if_given(row, 'version', version)
  call('HSET', row, 'updated', now, 'execution', current)
end

-- Since when an execution has ended without interruption: by its status, or because a higher one
-- became current (MGMT_1).
local function mark_end(number)
  local row = execution_key(id, number)
  if number == current and call('HGET', row, 'status') == RUNNING then
    call('HDEL', row, 'completed')
  else
    call('HSETNX', row, 'completed', now)
  end
end

local function save_ends()
  mark_end(execution)
  if turn.exists then
    mark_end(previous)
  end
  local row = call('HMGET', execution_key(id, current), 'status', 'completed')
  call('SADD', key('status', row[1]), id)
  put_at(key('ended'), id, row[2])
end

-- Custom status and key-values, which belong to the current execution's commits alone (ACK_17).
local function save_state()
  if execution < previous then
    return
  end
  if changes_custom then
    call('HINCRBY', key('instance', id), 'custom_version', 1)
    if custom then
      call('HSET', key('instance', id), 'custom', custom)
    else
      call('HDEL', key('instance', id), 'custom')
    end
  end
  -- What the execution before left pending is older than what this commit changes (KV_2).
  if execution > previous then
    merge_values(id)
  end
  change_values(id, changes)
  if call('HGET', record, 'status') ~= RUNNING then
    merge_values(id)
  end
end

local function remove_batch()
  local batch = batch_of(turn)
  local fields = {}
  for _, place in ipairs(batch) do
    fields[#fields + 1] = place
    fields[#fields + 1] = 'a' .. place
  end
  call_with('ZREM', key('queue', id), batch)
  call_with('HDEL', key('messages', id), fields)
  if call('EXISTS', key('queue', id)) == 0 then
    call('SREM', key('queues'), id)
  end
end

local function cancel(instance, of)
  local range = call('ZRANGEBYLEX', key('work', instance), '[' .. of, '[' .. of .. ':')
  for _, member in ipairs(range) do
    local place = member:sub(-16)
    remove_activity(place, read_activity(place))
  end
end

-- A full server refuses the first write of a script if it takes memory, and none after it: so the
-- first is of this kind, or a commit would be taken that there is no room for (ERR_10).
call('HINCRBY', key('store'), 'events', #events)
if turn.exists then
  call('SREM', key('status', status_of(id)), id)
end
save_execution()
save_instance()
save_ends()
save_state()
-- The batch goes before new messages come, and the own items before the cancellations (ACK_9).
remove_batch()
for _, row in ipairs(activities) do
  put_activity(row)
end
for _, item in ipairs(cancelled) do
  cancel(item.instance, item.key)
end
for _, message in ipairs(messages) do
  put_message(message, now)
end
release(id, true, current)
return finish(OK)
