-- instance, key
local id, of = take(), take()
local range = call('ZRANGEBYLEX', key('work', id), '[' .. of, '[' .. of .. ':')
for _, member in ipairs(range) do
  local place = member:sub(-16)
  local item = call('HGET', key('bodies'), place)
  call('HSET', key('bodies'), place, item:sub(1, 4 + struct.unpack('>I4', item)) .. '\0')
end
return {'ok', #range}
