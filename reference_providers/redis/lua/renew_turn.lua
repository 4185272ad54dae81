-- now, token, extension
local now, token, extension = take_now(), take(), take_number()
local turn = open_turn(token, now)
if not turn then
  return NO_TURN
end
local deadline = later(now, extension)
call('ZADD', key('away'), deadline, turn.id)
news.turns = deadline < turn.deadline
return finish(OK)
