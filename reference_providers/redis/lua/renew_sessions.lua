-- now, extension, idle timeout, list of owners, each once
local now, extension, idle = take_now(), take_number(), take_number()
local renewed = 0
for _, owner in ipairs(take_list(take)) do
  for _, session in ipairs(call('SMEMBERS', key('owner', owner))) do
    local active = tonumber(call('HGET', key('session', session), 'active'))
    if deadline_of(session) > now and now - active < idle then
      set_deadline(session, later(now, extension))
      renewed = renewed + 1
    end
  end
end
return finish({'ok', renewed})
