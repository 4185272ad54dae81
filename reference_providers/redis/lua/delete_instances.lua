-- 1 to force, list of instances, each once
local is_forced = take() == '1'
local members = take_list(take)
local is_member = {}
for _, id in ipairs(members) do
  is_member[id] = true
end
for _, id in ipairs(members) do
  if not exists(id) and not is_queued(id) then
    return {'not_found', 'there is nothing of instance ' .. id}
  end
  for _, child in ipairs(exists(id) and call('SMEMBERS', key('children', id)) or {}) do
    if not is_member[child] then
      return {'conflict', 'instance ' .. child .. ' would lose its parent'}
    end
  end
end
if not is_forced and not_over(members) then
  return {'conflict', 'instance ' .. not_over(members) .. ' is not over'}
end
return finish(remove_all(members))
