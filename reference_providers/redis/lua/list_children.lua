-- instance
local id = take()
-- An id without a record has no children, also if a deleted instance of that name had some.
return {'ok', exists(id) and call('SMEMBERS', key('children', id)) or {}}
