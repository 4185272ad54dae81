-- now, token, extension
local now, token, extension = take_now(), take(), take_number()
local place, row = open_activity(token, now)
if not place then
  return NO_ACTIVITY
end
touch_session(row, now)
local deadline = later(now, extension)
call('ZADD', key('locked'), deadline, place)
news.activities = deadline < row.deadline
return finish(OK)
