-- instance, optional bound
local id, bound = take(), take_optional()
local NONE = {'ok', 0, 0, 0, 0}
if not is_terminal(id) or not is_root(id) then
  return NONE
end
if bound and tonumber(call('ZSCORE', key('ended'), id)) >= tonumber(bound) then
  return NONE
end
local members = tree_of(id)
if not_over(members) then
  return NONE
end
return finish(remove_all(members))
