-- Sessions. `session:<s>` (owner, active: its last activity) is there as long as it is owned, and
-- then it is in `owned` by its deadline and in `owner:<o>`. When that lapsed it is in `lapsed` until
-- cleanup, deletion or a new claim. `bound` counts the queued activities of a session.

local function move_session(session, from, to)
  local tags = call('ZRANGE', key('tags', session), 0, -1, 'WITHSCORES')
  for i = 1, #tags, 2 do
    local tag, head = tags[i], tags[i + 1]
    call('ZREM', sessions_of(from, tag), session)
    call('ZADD', sessions_of(to, tag), head, session)
    refresh_tag(from, tag)
    refresh_tag(to, tag)
  end
end

-- Nobody owns it any more.
local function disown(session)
  local owner = call('HGET', key('session', session), 'owner')
  move_session(session, 'owner:' .. owner, 'unowned')
  call('SREM', key('owner', owner), session)
  call('ZREM', key('owned'), session)
  call('UNLINK', key('session', session))
end

-- True: there may be more.
local function lapse_due(now)
  local due = call('ZRANGEBYSCORE', key('owned'), '-inf', now, 'LIMIT', 0, MOST_RETURNED)
  for _, session in ipairs(due) do
    disown(session)
    call('SADD', key('lapsed'), session)
    news.activities = true
  end
  return #due == MOST_RETURNED
end

local function deadline_of(session)
  return tonumber(call('ZSCORE', key('owned'), session) or '-inf')
end

local function set_deadline(session, deadline)
  if deadline < deadline_of(session) then
    news.activities = true  -- Others may have it earlier than they know.
  end
  call('ZADD', key('owned'), deadline, session)
end

-- A session that nobody else owns is the owner's from now on (SESS_2).
local function claim(session, owner, deadline, now)
  if not call('HGET', key('session', session), 'owner') then
    move_session(session, 'unowned', 'owner:' .. owner)
    call('SREM', key('lapsed'), session)
    call('SADD', key('owner', owner), session)
  end
  call('HSET', key('session', session), 'owner', owner, 'active', now)
  set_deadline(session, deadline)
end

-- What the holder of an activity does counts as activity only while the session is still that of
-- the owner who fetched it (SESS_3).
local function touch_session(row, now)
  if row.session and row.owner and deadline_of(row.session) > now
      and call('HGET', key('session', row.session), 'owner') == row.owner then
    call('HSET', key('session', row.session), 'active', now)
  end
end
