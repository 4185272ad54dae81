-- now, lock timeout, 32 random digits, optional owner, the lock timeout of a session, and `any` or
-- how many tags and these tags
local now, lock_timeout, digits = take_now(), take_number(), take()
local owner, session_timeout = take_optional(), take_number()
local takes_any = take() == 'any'
local tags = takes_any or take_list(take)

-- The earliest of the tags that the caller takes, in one group.
local function first_in(group)
  local lines = key('group', group)
  if takes_any then
    return first_of(lines)
  end
  local found, head
  for _, tag in ipairs(tags) do
    local place = call('ZSCORE', lines, tag)
    if place and (not head or tonumber(place) < tonumber(head)) then
      found, head = tag, place
    end
  end
  return found, head
end

-- The class whose first is the first of all that are for the caller.
local function first_class()
  local best
  for _, group in ipairs(owner and {'free', 'unowned', 'owner:' .. owner} or {'free'}) do
    local tag, head = first_in(group)
    if tag and (not best or tonumber(head) < tonumber(best.head)) then
      best = {group = group, tag = tag, head = head}
    end
  end
  if best and best.group ~= 'free' then
    best.session = first_of(sessions_of(best.group, best.tag))
  end
  return best
end

-- When the next lock, delay or session ends, now that all that ended have been dealt with.
local function next_change()
  local next
  for _, name in ipairs({'locked', 'hidden', 'owned'}) do
    local _, moment = first_of(key(name))
    if moment and (not next or tonumber(moment) < tonumber(next)) then
      next = moment
    end
  end
  return next
end

local more_locked = return_due(key('locked'), now)
local more_hidden = return_due(key('hidden'), now)
local more_lapsed = lapse_due(now)
if more_locked or more_hidden or more_lapsed then
  return {'more'}
end
news.activities = false  -- Who waits knows when they are due.
local class = first_class()
if not class then
  return {'nothing', now, next_change()}
end

local place = first_of(class_of(class.tag, class.session))
local row = read_activity(place)
local token = digits .. ':' .. place
call('ZREM', class_of(class.tag, class.session), place)
refresh_class(class.tag, class.session)
call('HSET', key('activity', place), 'token', token)
call('HINCRBY', key('activity', place), 'attempts', 1)
call('ZADD', key('locked'), later(now, lock_timeout), place)
if owner then
  call('HSET', key('activity', place), 'owner', owner)
else
  call('HDEL', key('activity', place), 'owner')
end
if class.session then
  claim(class.session, owner, later(now, session_timeout), now)
end
return finish({'activity', token, row.attempts + 1, row.instance, row.key, row.session, row.tag,
               call('HGET', key('bodies'), place)})
