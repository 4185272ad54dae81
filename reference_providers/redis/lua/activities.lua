-- The activity queue: what is eligible stands in a class, and a fetch compares only their heads.
--
-- A class is one tag and one session, or none of either; in it the activities are in queue order.
-- A tag is `-` for none, or a `=` and its text. Classes are gathered into groups, by who may take
-- from them: `free` without a session, `unowned`, and `owner:<o>` for each owner. For a group,
-- `group:<g>` has each tag by the place of its first activity, and for the groups with sessions
-- `sessions:<g and tag>` has each session so. `tags:<s>` has the tags of a session.
--
-- So neither a tag nor a session that a fetch may not take is ever walked past (TAG_4, SESS_1).

-- So many per call. The caller calls again as long as there are more, because the first in the
-- queue may be any of them (WORK_1), and the server serves others in between.
local MOST_RETURNED = 256

local function class_of(tag, session)
  return key('class', #tag .. ':' .. tag .. (session and '=' .. session or '-'))
end

local function sessions_of(group, tag)
  return key('sessions', #group .. ':' .. group .. tag)
end

local function group_of(session)
  if not session then
    return 'free'
  end
  local owner = call('HGET', key('session', session), 'owner')
  return owner and 'owner:' .. owner or 'unowned'
end

local function refresh_tag(group, tag)
  local _, head = first_of(sessions_of(group, tag))
  put_at(key('group', group), tag, head)
end

-- Brings everything above a class up to date with its first activity.
local function refresh_class(tag, session)
  local _, head = first_of(class_of(tag, session))
  local group = group_of(session)
  if not session then
    return put_at(key('group', group), tag, head)
  end
  put_at(key('tags', session), tag, head)
  put_at(sessions_of(group, tag), session, head)
  refresh_tag(group, tag)
end

local function tag_of(row)
  return row.tag and '=' .. row.tag or '-'
end

-- It is eligible, at its old place.
local function stand_in_class(place, row)
  call('ZADD', class_of(tag_of(row), row.session), place, place)
  refresh_class(tag_of(row), row.session)
  news.activities = true
end

local function read_activity(place)
  local row = call('HMGET', key('activity', place),
                   'token', 'instance', 'key', 'session', 'tag', 'attempts', 'owner')
  return {token = row[1], instance = row[2], key = row[3], session = row[4], tag = row[5],
          attempts = tonumber(row[6] or 0), owner = row[7]}
end

-- What comes back from a lock or a delay is eligible; true: there may be more.
local function return_due(name, now)
  local due = call('ZRANGEBYSCORE', name, '-inf', now, 'LIMIT', 0, MOST_RETURNED)
  for _, place in ipairs(due) do
    call('ZREM', name, place)
    call('HDEL', key('activity', place), 'token')
    stand_in_class(place, read_activity(place))
  end
  return #due == MOST_RETURNED
end

-- What a live token opened: its place and its row; or nothing (LOCK_9).
local function open_activity(token, now)
  local place = token:sub(TOKEN_HEAD + 1)
  local row = read_activity(place)
  row.deadline = row.token == token and tonumber(call('ZSCORE', key('locked'), place))
  if not row.deadline or row.deadline <= now then
    return nil
  end
  return place, row
end

local NO_ACTIVITY = {'lock_lost', 'the token is not that of a live lock on an activity'}

local function take_activity()
  return {instance = take(), key = take(), session = take_optional(), tag = take_optional(),
          body = take()}
end

local function put_activity(row)
  local place = next_place('activity')
  call('HSET', key('activity', place), 'instance', row.instance, 'key', row.key)
  if row.session then
    call('HSET', key('activity', place), 'session', row.session)
    call('HINCRBY', key('bound'), row.session, 1)
  end
  if row.tag then
    call('HSET', key('activity', place), 'tag', row.tag)
  end
  call('HSET', key('bodies'), place, row.body)
  call('ZADD', key('work', row.instance), 0, row.key .. place)
  stand_in_class(place, row)
end

-- With its lock: whoever holds it finds the token dead.
local function remove_activity(place, row)
  call('UNLINK', key('activity', place))
  call('HDEL', key('bodies'), place)
  call('ZREM', key('work', row.instance), row.key .. place)
  call('ZREM', key('locked'), place)
  call('ZREM', key('hidden'), place)
  if call('ZREM', class_of(tag_of(row), row.session), place) == 1 then
    refresh_class(tag_of(row), row.session)
  end
  if row.session and call('HINCRBY', key('bound'), row.session, -1) == 0 then
    call('HDEL', key('bound'), row.session)
  end
end
