import { createHash } from 'node:crypto'

// What is shared, in Lua: each script is one step for every process. All keys have one hash tag, so that a cluster keeps them
// together; KEYS[1] is the first part of all of them, and the hash of what is known of the server.
//
//   BASE                 wall, ahead: the clock; run, epoch: of which run of the server what follows is; since: see below
//   BASE:nonces          nonces, by when they were claimed
//   BASE:ERA:age         live sessions, by when they were made         ERA is a run of the server and a number of its own
//   BASE:ERA:use         the same, by their last use
//   BASE:ERA:new         those that are provisional, by when they were made
//   BASE:ERA:d:DIGEST    those of one initiator, by when they were made
//   BASE:ERA:s:KID       sealed, initiator, next, highest: a session; when it has ended, without sealed, for a while
//   BASE:ERA:w:KID       1024 bits: its window
//
// A server that was started anew, or another that took its place, may have lost what was written last: a record could be
// accepted twice there, or a session that was closed be alive. So every run has sessions of its own, and for a while no
// handshake is accepted.

/** A script, and the name by which a server knows it. */
export interface Script {
  readonly text: string
  readonly sha: string
}

const common = `
local base, rules = KEYS[1], cjson.decode(ARGV[1])
local call = redis.call
local function whole(number) return string.format('%.0f', number) end

-- Milliseconds that never go back: by what the wall clock is set back, this one is ahead of it from then on.
local function clock()
  local wall = tonumber(ARGV[2])
  if not wall then
    local time = call('TIME')
    wall = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  local known = call('HMGET', base, 'wall', 'ahead')
  local last, ahead = tonumber(known[1] or wall), tonumber(known[2] or 0)
  if wall < last then
    ahead = ahead + last - wall
    call('HSET', base, 'ahead', whole(ahead))
  end
  if wall ~= last or not known[1] then call('HSET', base, 'wall', whole(wall)) end
  return wall + ahead
end

local now = clock()

local function era()
  local run = ARGV[3]
  if run == '' then run = string.match(call('INFO', 'server'), 'run_id:(%w+)') end
  local known = call('HGET', base, 'run')
  if known ~= run then
    call('HSET', base, 'run', run)
    call('HINCRBY', base, 'epoch', 1)
    if known or ARGV[4] ~= 'new' then call('HSET', base, 'since', whole(now)) end
  end
  return base .. ':' .. run .. '.' .. call('HGET', base, 'epoch')
end

local here = era()
local ages, uses, news = here .. ':age', here .. ':use', here .. ':new'
local kept = rules.ageMs + 600000

local function rowOf(kid) return here .. ':s:' .. kid end
local function windowOf(kid) return here .. ':w:' .. kid end
local function listOf(initiator) return here .. ':d:' .. initiator end

-- A request may be under way: the count of its answers is kept for ten minutes, and the keys are not.
local function finish(kid)
  local row = rowOf(kid)
  call('ZREM', ages, kid)
  call('ZREM', uses, kid)
  call('ZREM', news, kid)
  call('DEL', windowOf(kid))
  local initiator = call('HGET', row, 'initiator')
  if not initiator then return end
  call('ZREM', listOf(initiator), kid)
  call('HDEL', row, 'sealed')
  call('PEXPIRE', row, 600000)
end

local function isAlive(kid)
  local made = call('ZSCORE', ages, kid)
  if not made then return false end
  local isOver = now - made >= rules.ageMs
    or now - call('ZSCORE', uses, kid) >= rules.idleMs
    or (call('ZSCORE', news, kid) and now - made >= rules.provisionalMs)
  if isOver then finish(kid) end
  return not isOver
end

local function sweep()
  local left = 1000
  for _, list in ipairs({ { news, rules.provisionalMs }, { ages, rules.ageMs }, { uses, rules.idleMs } }) do
    for _, kid in ipairs(call('ZRANGEBYSCORE', list[1], '-inf', whole(now - list[2]), 'LIMIT', 0, left)) do
      finish(kid)
      left = left - 1
    end
  end
end

local function hasRoomFor(initiator)
  sweep()
  local list = listOf(initiator)
  call('ZREMRANGEBYSCORE', list, '-inf', whole(now - rules.ageMs))
  return call('ZCARD', ages) < rules.inAll and call('ZCARD', news) < rules.provisional and call('ZCARD', list) < rules.perDid
end

local function highestOf(kid) return tonumber(call('HGET', rowOf(kid), 'highest') or -1) end

local function isOpen(kid, seq, highest)
  return seq > highest or (seq > highest - 1024 and call('GETBIT', windowOf(kid), seq % 1024) == 0)
end

-- Clears so many bits from that of a number on, whole bytes at once.
local function clear(window, first, count)
  while count > 0 do
    local slot = first % 1024
    local step = 8 * math.floor(math.min(count, 1024 - slot) / 8)
    if slot % 8 == 0 and step > 0 then
      call('SETRANGE', window, slot / 8, string.rep('\\0', step / 8))
    else
      step = 1
      call('SETBIT', window, slot, 0)
    end
    first, count = first + step, count - step
  end
end
`

const script = (own: string): Script => {
  const text = common + own
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** The steps of a shared state; after rules, time and run come their own arguments. */
export const scripts = {
  beat: script(`
sweep()
local since = call('HGET', base, 'since')
local isSettled = not since or now - since >= rules.quarantineMs
local told = { isSettled and 1 or 0, call('ZCARD', ages), call('ZCARD', news) }
for place = 5, #ARGV do
  if not isAlive(ARGV[place]) then told[#told + 1] = ARGV[place] end
end
return told
`),
  claim: script(`
local nonce, initiator = ARGV[5], ARGV[6]
local since = call('HGET', base, 'since')
if since and now - since < rules.quarantineMs then return 'full' end
if not hasRoomFor(initiator) then return 'full' end
local nonces = base .. ':nonces'
call('ZREMRANGEBYSCORE', nonces, '-inf', '(' .. whole(now - rules.nonceMs))
if call('ZSCORE', nonces, nonce) then return 'seen' end
if call('ZCARD', nonces) >= rules.nonces then return 'full' end
call('ZADD', nonces, whole(now), nonce)
call('PEXPIRE', nonces, rules.nonceMs + 60000)
return 'fresh'
`),
  add: script(`
local kid, initiator, sealed = ARGV[5], ARGV[6], ARGV[7]
local row, window, list = rowOf(kid), windowOf(kid), listOf(initiator)
if call('EXISTS', row) == 1 then return 'taken' end
if not hasRoomFor(initiator) then return 'full' end
call('HSET', row, 'sealed', sealed, 'initiator', initiator, 'next', 0)
call('SETRANGE', window, 0, string.rep('\\0', 128))
for _, index in ipairs({ ages, uses, news, list }) do
  call('ZADD', index, whole(now), kid)
  call('PEXPIRE', index, kept)
end
call('PEXPIRE', row, kept)
call('PEXPIRE', window, kept)
return 'added'
`),
  look: script(`
local kid, seq = ARGV[5], tonumber(ARGV[6])
if not isAlive(kid) then return false end
local highest = highestOf(kid)
return { call('HGET', rowOf(kid), 'sealed'), whole(highest), isOpen(kid, seq, highest) and 1 or 0 }
`),
  mark: script(`
local kid, seq = ARGV[5], tonumber(ARGV[6])
if not isAlive(kid) then return 'gone' end
local highest = highestOf(kid)
if seq >= rules.maxRecords or not isOpen(kid, seq, highest) then return 'refused' end
local window = windowOf(kid)
if seq > highest then
  -- The bits of the numbers that come into view still say what they said one width ago.
  clear(window, math.max(highest + 1, seq - 1023), math.min(seq - highest, 1024))
  call('HSET', rowOf(kid), 'highest', whole(seq))
end
call('SETBIT', window, seq % 1024, 1)
call('ZREM', news, kid)
call('ZADD', uses, whole(now), kid)
return 'marked'
`),
  draw: script(`
local kid = ARGV[5]
local isHere = isAlive(kid)
local drawn = tonumber(call('HGET', rowOf(kid), 'next') or rules.maxRecords)
if drawn >= rules.maxRecords then
  finish(kid)
  return false
end
call('HINCRBY', rowOf(kid), 'next', 1)
if isHere then call('ZADD', uses, whole(now), kid) end
return whole(drawn)
`),
  end: script(`
if call('ZSCORE', ages, ARGV[5]) then finish(ARGV[5]) end
return 'ended'
`),
} as const
