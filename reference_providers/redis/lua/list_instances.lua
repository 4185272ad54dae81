-- optional status
local status = take_optional()
if status then
  return {'ok', call('SMEMBERS', key('status', status))}
end
return {'ok', call('SUNION', key('status', '0'), key('status', '1'), key('status', '2'),
                   key('status', '3'))}
