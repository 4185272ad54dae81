-- now, delay, message
local now = take_now()
local shown = later(now, take_number())
local message = take_message()
message.visible = math.max(shown, message.visible or shown)
put_message(message, now)
return finish(OK)
