-- now, lock timeout, batch limit, 32 random digits, optional: lowest and highest of each range
local now = take_now()
local lock_timeout, batch_limit, digits = take_number(), take_number(), take()

local ranges = take() == '=' and take_list(function()
  return {lowest = take(), highest = take()}
end)

local function admits(pin)
  if not ranges then
    return true
  end
  for _, range in ipairs(ranges) do
    if pin == '' or (range.lowest <= pin and pin <= range.highest) then
      return true
    end
  end
  return false
end

-- The line with the first in place of all that are for the caller.
local function first_line()
  if not ranges then
    return first_of(key('lines'))
  end
  for _, pin in ipairs(call('ZRANGE', key('lines'), 0, -1)) do
    if admits(pin) then
      return pin
    end
  end
end

-- Counts the delivery; answers the largest attempt count of the batch.
local function count_attempts(messages, batch)
  local largest = 0
  for _, place in ipairs(batch) do
    largest = math.max(largest, call('HINCRBY', messages, 'a' .. place, 1))
  end
  return largest
end

-- Due ones are woken, and that goes on only as long as nobody in line is for the caller.
local may_be_more = wake_due(now)
local pin = first_line()
if not pin then
  local _, next = first_of(key('away'))
  return may_be_more and {'more'} or {'nothing', now, next}
end
local id = first_of(key('line', pin))
if not show(id, now) then
  return {'more'}
end

local messages = key('messages', id)
local batch = call('ZRANGEBYSCORE', key('queue', id), '-inf', '-inf', 'LIMIT', 0, batch_limit)
local attempt = count_attempts(messages, batch)
local token = digits .. ':' .. id
leave_line(id, pin)
call('HSET', key('instance', id), 'token', token, 'batch', #batch)
call('ZADD', key('away'), later(now, lock_timeout), id)

local row = call('HMGET', key('instance', id), 'created', 'name', 'version', 'execution')
-- The first visible start message names a new instance, also when it lies beyond the limit of the
-- batch (TURN_2, TURN_13).
local start = not row[1] and first_visible(key('starts', id)) or false
return {'turn', id, token, now, attempt, row[1] and 1 or 0, row[2], row[3], row[4],
        start and call('HGET', messages, start), values_of(messages, batch),
        row[4] and call('HGETALL', key('history', row[4] .. ':' .. id)) or {},
        call('HGETALL', key('merged', id))}
