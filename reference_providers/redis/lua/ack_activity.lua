-- now, token, list of at most one message: the completion
local now, token = take_now(), take()
local completions = take_list(take_message)
local place, row = open_activity(token, now)
if not place then
  return NO_ACTIVITY
end
touch_session(row, now)
remove_activity(place, row)
for _, completion in ipairs(completions) do
  put_message(completion, now)
end
return finish(OK)
