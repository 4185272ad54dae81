-- instance, execution
local id, execution = take(), take()
local history = key('history', execution .. ':' .. id)
local ids = call('HKEYS', history)
for _, event in ipairs(ids) do
  call('HSET', history, event, '\0')
end
return {'ok', #ids}
