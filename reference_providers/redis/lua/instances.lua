-- Instances as management, deletion and pruning see them.

local RUNNING, COMPLETED, FAILED = '0', '1', '2'

local function exists(id)
  return call('HEXISTS', key('instance', id), 'created') == 1
end

local function execution_key(id, execution)
  return key('execution', execution .. ':' .. id)
end

local function status_of(id)
  return call('HGET', execution_key(id, call('HGET', key('instance', id), 'execution')), 'status')
end

local function is_terminal(id)
  local status = exists(id) and status_of(id)
  return status == COMPLETED or status == FAILED
end

-- One whose parent is gone is a root (DEL_4).
local function is_root(id)
  local parent = call('HGET', key('instance', id), 'parent')
  return not (parent and exists(parent))
end

-- An instance and all its descendants, itself first; a cycle ends (MGMT_3).
local function tree_of(root)
  local members, seen = {root}, {[root] = true}
  local at = 1
  while at <= #members do
    for _, child in ipairs(call('SMEMBERS', key('children', members[at]))) do
      if not seen[child] then
        seen[child] = true
        members[#members + 1] = child
      end
    end
    at = at + 1
  end
  return members
end

local function remove_execution(id, execution, counts)
  local events = call('HLEN', key('history', execution .. ':' .. id))
  call('UNLINK', key('history', execution .. ':' .. id), execution_key(id, execution))
  call('ZREM', key('executions', id), execution)
  call('HINCRBY', key('store'), 'executions', -1)
  call('HINCRBY', key('store'), 'events', 0 - events)  -- Not -events: Lua has a -0.
  counts.executions = counts.executions + 1
  counts.events = counts.events + events
end
