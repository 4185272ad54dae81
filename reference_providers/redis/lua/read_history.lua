-- instance, optional execution
local id, execution = take(), take_optional()
execution = execution or call('HGET', key('instance', id), 'execution')
return {'ok', execution and call('HGETALL', key('history', execution .. ':' .. id)) or {}}
