-- Key-values: `merged` is what ended executions left, `pending` what the current one changed since.
--
-- In `pending` the key is behind a `=`, and the value behind a `+`, or it is `-`: cleared. A field
-- `*` means that all that is merged was cleared before the others were changed.

local function take_change()
  return {kind = take(), key = take(), value = take()}
end

local function change_values(id, changes)
  local pending = key('pending', id)
  for _, change in ipairs(changes) do
    if change.kind == 'set' then
      call('HSET', pending, '=' .. change.key, '+' .. change.value)
    elseif change.kind == 'clear' then
      call('HSET', pending, '=' .. change.key, '-')
    else
      call('UNLINK', pending)
      call('HSET', pending, '*', '')
    end
  end
end

-- Makes what is pending the state (KV_2).
local function merge_values(id)
  local pending = call('HGETALL', key('pending', id))
  local merged = key('merged', id)
  if call('HEXISTS', key('pending', id), '*') == 1 then
    call('UNLINK', merged)
  end
  for i = 1, #pending, 2 do
    local field, change = pending[i], pending[i + 1]
    if change:sub(1, 1) == '+' then
      call('HSET', merged, field:sub(2), change:sub(2))
    elseif change == '-' then
      call('HDEL', merged, field:sub(2))
    end
  end
  call('UNLINK', key('pending', id))
end
