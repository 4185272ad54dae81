-- instance
local id = take()
local row = call('HMGET', key('instance', id),
                 'created', 'updated', 'name', 'version', 'parent', 'execution')
if not row[1] then
  return {'nothing'}
end
return {'ok', row, call('HMGET', execution_key(id, row[6]), 'status', 'output', 'pin')}
