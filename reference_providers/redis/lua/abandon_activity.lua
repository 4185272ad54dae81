-- now, token, delay, 1 to take the attempt back
local now, token, delay = take_now(), take(), take_number()
local ignores_attempt = take() == '1'
local place, row = open_activity(token, now)
if not place then
  return NO_ACTIVITY
end
call('HDEL', key('activity', place), 'token')
call('ZREM', key('locked'), place)
if ignores_attempt and row.attempts > 0 then
  call('HINCRBY', key('activity', place), 'attempts', -1)
end
if delay > 0 then
  call('ZADD', key('hidden'), later(now, delay), place)
  news.activities = true
else
  stand_in_class(place, row)
end
return finish(OK)
