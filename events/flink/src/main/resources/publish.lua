-- Publishes what an actor did lately, and their part in the trends, unless Redis has something newer.
-- KEYS: recent:<actor>, applied:<actor>, trending:titles
-- ARGV: actor, partition and offset of the last record, JSON, seconds that it is kept, seconds that trends are kept,
--       the time in ms up to which they do not count; then titles, each with when it was last acted on, '': no longer
local partition, offset = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+):(%d+)$')
if partition == ARGV[2] and tonumber(offset) > tonumber(ARGV[3]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
redis.call('SET', KEYS[2], ARGV[2] .. ':' .. ARGV[3], 'EX', ARGV[5])
for i = 8, #ARGV, 2 do
  local title, at = ARGV[i], ARGV[i + 1]
  local trend = 'trending:' .. title
  if at == '' then
    redis.call('ZREM', trend, ARGV[1])
  else
    redis.call('ZADD', trend, at, ARGV[1])
  end
  redis.call('ZREMRANGEBYSCORE', trend, '-inf', ARGV[7])
  if redis.call('EXISTS', trend) == 1 then
    redis.call('EXPIRE', trend, ARGV[6])
    redis.call('SADD', KEYS[3], title)
  else
    redis.call('SREM', KEYS[3], title)
  end
end
return 1
