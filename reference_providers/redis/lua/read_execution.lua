-- instance, execution
local id, execution = take(), take()
local row = call('HMGET', execution_key(id, execution),
                 'status', 'output', 'pin', 'created', 'completed')
return {'ok', row, call('HLEN', key('history', execution .. ':' .. id))}
