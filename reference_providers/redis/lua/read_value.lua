-- instance, key
local id, name = take(), take()
local pending = call('HGET', key('pending', id), '=' .. name)
if pending then
  return {'ok', pending ~= '-' and pending:sub(2)}
end
local cleared = call('HEXISTS', key('pending', id), '*') == 1
return {'ok', not cleared and call('HGET', key('merged', id), name)}
