-- The instance queue: what can be delivered stands in line, all else is out of its way.
--
-- A ready instance is in `line:<pin>`, by its place. There is a line for each pinned version, with
-- the empty pin for none, and `lines` has every line that is not empty by the place of its first:
-- so a fetch with a version filter passes over lines, not over instances.
--
-- An instance that is locked, or whose messages are all hidden, is in `away`. In neither it is
-- idle, or all it has is held (TURN_5).

-- So many per fetch: a store with a million timers due at one moment must not stop for as long as
-- it takes to move them all. Up to two million still nobody is served a third time before they
-- stand in line, as the line grows by so many and shrinks by one per fetch (TURN_8).
local MOST_WOKEN = 128
local MOST_SHOWN = 4096

local function refresh_line(pin)
  local _, place = first_of(key('line', pin))
  put_at(key('lines'), pin, place)
end

-- To the end of the line, so that nobody is overtaken (TURN_8). The instance is not in `away` then.
local function stand_in_line(id, execution)
  local pin = execution and call('HGET', key('execution', execution .. ':' .. id), 'pin') or ''
  call('ZADD', key('line', pin), call('HINCRBY', key('store'), 'place', 1), id)
  call('HSET', key('instance', id), 'line', pin)
  if call('ZCARD', key('line', pin)) == 1 then
    refresh_line(pin)
  end
  news.turns = true
end

local function leave_line(id, pin)
  call('ZREM', key('line', pin), id)
  call('HDEL', key('instance', id), 'line')
  refresh_line(pin)
end

local function show_due(name, now)
  local due = call('ZRANGEBYSCORE', name, '(-inf', now, 'LIMIT', 0, MOST_SHOWN)
  local shown = {}
  for _, place in ipairs(due) do
    shown[#shown + 1] = '-inf'
    shown[#shown + 1] = place
  end
  call_with('ZADD', name, shown)
  return #due < MOST_SHOWN
end

-- Shows the messages whose time has come; false: there may be more.
local function show(id, now)
  local all_starts = show_due(key('starts', id), now)
  return show_due(key('queue', id), now) and all_starts
end

local function first_visible(name)
  return call('ZRANGEBYSCORE', name, '-inf', '-inf', 'LIMIT', 0, 1)[1]
end

-- Who comes back from a lock or a sleep stands in line; true: there may be more. What woke him is
-- shown here already, so that he has something to deliver even if the clock is set back meanwhile.
local function wake_due(now)
  local due = call('ZRANGEBYSCORE', key('away'), '-inf', now, 'LIMIT', 0, MOST_WOKEN)
  for _, id in ipairs(due) do
    show(id, now)
    call('HDEL', key('instance', id), 'token', 'batch')
    call('ZREM', key('away'), id)
    stand_in_line(id, call('HGET', key('instance', id), 'execution'))
  end
  return #due == MOST_WOKEN
end

-- What a live token opened, or nothing (LOCK_9).
local function open_turn(token, now)
  local id = token:sub(TOKEN_HEAD + 1)
  local row = call('HMGET', key('instance', id),
                   'token', 'created', 'execution', 'parent', 'batch')
  local deadline = row[1] == token and tonumber(call('ZSCORE', key('away'), id))
  if not deadline or deadline <= now then
    return nil
  end
  return {id = id, exists = row[2] and true, execution = row[3], parent = row[4],
          batch = tonumber(row[5]), deadline = deadline}
end

local NO_TURN = {'lock_lost', 'the token is not that of a live lock on an instance'}

-- The batch that is handed out: nothing else shows before the turn is over.
local function batch_of(turn)
  return call('ZRANGEBYSCORE', key('queue', turn.id), '-inf', '-inf', 'LIMIT', 0, turn.batch)
end

-- Unlocks an instance, and puts it where its messages want it: in line, to sleep, or nowhere. One
-- that does not exist is brought to life by a start message alone (TURN_5).
local function release(id, exists, execution)
  call('HDEL', key('instance', id), 'token', 'batch')
  local waking = key(exists and 'queue' or 'starts', id)
  if first_visible(waking) then
    call('ZREM', key('away'), id)
    stand_in_line(id, execution)
  else
    local next = call('ZRANGEBYSCORE', waking, '(-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    put_at(key('away'), id, next[2])
    news.turns = news.turns or next[2]
  end
end

local function take_message()
  return {target = take(), is_start = take() == 's', visible = take_number(), item = take()}
end

-- Puts a message at the end of its target's queue, visible at once or at `message.visible`.
local function put_message(message, now)
  local id = message.target
  local row = call('HMGET', key('instance', id), 'created', 'execution', 'token', 'line')
  local hidden = message.visible and message.visible > now and message.visible
  local place = next_place('message')
  local wakes = row[1] or message.is_start
  call('ZADD', key('queue', id), hidden or '-inf', place)
  call('HSET', key('messages', id), place, message.item)
  call('SADD', key('queues'), id)
  if message.is_start and not row[1] then
    call('ZADD', key('starts', id), hidden or '-inf', place)
  end

  -- A locked instance stays as it is until its lock ends (TURN_7), and one in line is ready.
  if row[3] or row[4] or not wakes then
    return
  end
  local awake = call('ZSCORE', key('away'), id)
  if not hidden then
    if awake then
      call('ZREM', key('away'), id)
    end
    return stand_in_line(id, row[2])
  end
  if not awake or hidden < tonumber(awake) then
    call('ZADD', key('away'), hidden, id)
    news.turns = true
  end
end
