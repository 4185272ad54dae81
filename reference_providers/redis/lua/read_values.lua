-- instance
local id = take()
return {'ok', call('HGETALL', key('merged', id)), call('HGETALL', key('pending', id))}
