-- instance
local id = take()
return {'ok', exists(id) and tree_of(id) or {}}
