-- What every script begins with: the names of the keys, the arguments, the clock, the answer.
--
-- KEYS[1] is the hash tag of the store, and the beginning of all its keys, which therefore live in
-- one slot. There is never a key of that very name: so a cluster that moves the slot to another
-- node answers ASK before a script begins, and no script ever sees a part of the store.
--
-- The keys, where <id> is an instance, and always the end of a name, so that ids cannot collide:
--
-- store               hash: format, and the counters message, activity, place, executions, events
-- instance:<id>       hash: created, updated, name, version, parent, execution (the current one),
--                     custom, custom_version; token and batch while locked, line while in a line.
--                     An instance that has only messages has no `created`.
-- executions:<id>     sorted set of its executions, by number
-- execution:<n>:<id>  hash: status, output, pin, created, completed
-- history:<n>:<id>    hash: an event by its id
-- children:<id>       set of the instances that name it as their parent
-- merged:<id>, pending:<id>  hashes: key-values; see values.lua
-- status:<s>          set of the instances whose current execution has status <s>
-- ended               sorted set of those whose current execution has ended, by the time of its end
--
-- queue:<id>          sorted set of the messages by queue place: score -inf, or while a message is
--                     hidden the moment at which it shows
-- starts:<id>         the same of the start messages alone, as long as the instance does not exist
-- messages:<id>       hash: a message by its queue place, and behind an `a` how often it was delivered
-- queues              set of the instances that have messages
-- lines, line:<pin>   the ready instances; see turns.lua
-- away                sorted set: when an instance's lock ends, or its first message shows
--
-- activity:<place>    hash: instance, key, session, tag, attempts; owner and token of the last fetch
-- bodies              hash: what an activity consists of besides, by its queue place
-- work:<id>           sorted set of the activities of an instance: execution, id, queue place
-- locked, hidden      sorted sets of activities, by the moment at which that ends
-- class:…, tags:…, sessions:…, group:…   the eligible ones; see activities.lua
-- session:<s>, owner:<o>, owned, lapsed, bound   see sessions.lua
--
-- Execution numbers, event and activity ids have 19 digits and queue places 16, so that the order
-- of the texts is that of the numbers; Lua's own numbers end at 2^53. Times are milliseconds within
-- +-2^53, which is 285,000 years. An optional argument is empty, or a `=` and its value.
local base = KEYS[1]
local call = redis.call

local function key(kind, id)
  return id and base .. ':' .. kind .. ':' .. id or base .. ':' .. kind
end

local taken = 0
local function take()
  taken = taken + 1
  return ARGV[taken]
end

local function take_optional()
  local text = take()
  return text ~= '' and text:sub(2)
end

local function take_number()
  return tonumber(take())
end

-- As many of what `read` takes as the next argument says.
local function take_list(read)
  local list = {}
  for i = 1, take_number() do
    list[i] = read()
  end
  return list
end

-- The store's clock: the one that was handed in, else the server's. Nothing waits after this.
local function take_now()
  local told = take()
  if told ~= '' then
    return tonumber(told)
  end
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local TOKEN_HEAD = 33  -- 32 random digits and a colon; then what the token opens.

local END_OF_TIME = 9007199254740992

local function later(moment, by)
  return math.min(moment + by, END_OF_TIME)
end

-- Lua's unpack fails at some thousand values, so long lists go to a command in chunks.
local CHUNK = 1000

local function call_with(command, name, list)
  for first = 1, #list, CHUNK do
    call(command, name, unpack(list, first, math.min(first + CHUNK - 1, #list)))
  end
end

local function values_of(name, fields)
  local values = {}
  for first = 1, #fields, CHUNK do
    local last = math.min(first + CHUNK - 1, #fields)
    for _, value in ipairs(call('HMGET', name, unpack(fields, first, last))) do
      values[#values + 1] = value
    end
  end
  return values
end

-- The first member of a sorted set with its score, or nothing.
local function first_of(name)
  local found = call('ZRANGE', name, 0, 0, 'WITHSCORES')
  return found[1], found[2]
end

-- Puts a member of a sorted set at its score, or out of the set if it has none.
local function put_at(name, member, score)
  if score then
    call('ZADD', name, score, member)
  else
    call('ZREM', name, member)
  end
end

local function next_place(queue)
  return ('%016d'):format(call('HINCRBY', key('store'), queue, 1))
end

-- Who waits for a queue is told that something may have become deliverable, now or earlier than he
-- knows. A server on which the message cannot be sent still keeps the store right.
local news = {}

local function finish(answer)
  local queues = (news.turns and 't' or '') .. (news.activities and 'a' or '')
  if queues ~= '' then
    redis.pcall('PUBLISH', key('news'), queues)
  end
  return answer
end

local OK = {'ok'}
