-- the format of stores that the caller knows
local known = take_number()
local format = call('HGET', key('store'), 'format')
if format and tonumber(format) > known then
  return {'unsupported', 'the store has format ' .. format .. ', and this program knows formats up to '
          .. known}
end

-- Every command that a script writes with is tried, so that what a user may not do is found out
-- here, and not by a script that has done half of its work.
local scratch = key('scratch')
local function try(...)
  local reply = redis.pcall(...)
  return type(reply) == 'table' and reply.err
end
local refused = try('HSET', scratch, 'f', 1) or try('HSETNX', scratch, 'f', 1)
    or try('HINCRBY', scratch, 'f', 1) or try('HDEL', scratch, 'f') or try('SADD', scratch, 'm')
    or try('SREM', scratch, 'm') or try('ZADD', scratch, 1, 'm') or try('ZREM', scratch, 'm')
    or try('UNLINK', scratch) or try('PUBLISH', key('news'), '') or try('TIME')
    or try('HGETALL', scratch) or try('HMGET', scratch, 'f') or try('HLEN', scratch)
    or try('HEXISTS', scratch, 'f') or try('HKEYS', scratch) or try('SMEMBERS', scratch)
    or try('SCARD', scratch) or try('SUNION', scratch) or try('ZRANGE', scratch, 0, -1)
    or try('ZRANGEBYSCORE', scratch, 0, 1) or try('ZRANGEBYLEX', scratch, '-', '+')
    or try('ZCARD', scratch) or try('ZCOUNT', scratch, 0, 1) or try('ZSCORE', scratch, 'm')
    or try('EXISTS', scratch)
if refused then
  return redis.error_reply(refused)
end
call('HSETNX', key('store'), 'format', known)
return OK
