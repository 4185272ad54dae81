-- instance, id: the last eight bytes of the head of a stored message
local id, wanted = take(), take()
local messages, found = key('messages', id), 0
for _, place in ipairs(call('ZRANGE', key('queue', id), 0, -1)) do
  local item = call('HGET', messages, place)
  local head = item:sub(1, 4 + struct.unpack('>I4', item))
  if head:sub(-8) == wanted then
    call('HSET', messages, place, head .. '\0')
    found = found + 1
  end
end
return {'ok', found}
