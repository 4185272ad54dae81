-- instance, 1 to force
local id, is_forced = take(), take() == '1'
if not exists(id) and not is_queued(id) then
  return {'not_found', 'there is nothing of the instance'}
end
if not is_root(id) then
  return {'conflict', 'the instance is not a root'}
end
local members = exists(id) and tree_of(id) or {id}
if not is_forced and not_over(members) then
  return {'conflict', 'instance ' .. not_over(members) .. ' is not over'}
end
return finish(remove_all(members))
