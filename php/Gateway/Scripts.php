<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * What Redis does in one step each. All keys begin with the prefix, which is KEYS[1]:
 *
 * | key | type | what |
 * |---|---|---|
 * | `request:ID` | hash | `state`, `server`, `body`, `deadline`, `hold`, `keep`, `fingerprint`, `run` (of Redis, when it came), `by` (the listener that has it) |
 * | `answer:ID` | list | the one answer; a list, so that it can be waited for |
 * | `queue:SERVER` | list | ids in the order they came; `queue:` for any server |
 * | `waiting` | sorted set | ids that nobody has taken, by deadline |
 * | `claimed:LISTENER` | sorted set | ids that it has taken and not answered, by when |
 * | `listeners` | sorted set | listeners, by until when they count as alive |
 * | `snapshot:LISTENER` | string | what it said of itself last |
 * | `counts` | hash | what ended without a listener |
 * | `run` | hash | which run of Redis it is (`id`), and `since` when where there was another one before |
 *
 * Every key but `listeners`, `waiting` and `counts` has a lifetime, and these hold no more than there are listeners, `max_waiting` ids, and
 * four numbers.
 *
 * @internal
 */
final class Scripts
{
    private const string COMMON = <<<'LUA'
        local prefix = KEYS[1]
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

        local function finish(id, state, answer, keep)
            local key = prefix .. 'answer:' .. id
            redis.call('RPUSH', key, answer)
            redis.call('PEXPIRE', key, keep)
            key = prefix .. 'request:' .. id
            redis.call('HSET', key, 'state', state)
            redis.call('HDEL', key, 'body')
            redis.call('PEXPIRE', key, keep)
        end

        local function kept(id)
            return redis.call('HGET', prefix .. 'request:' .. id, 'keep') or 60000
        end

        local function count(what)
            redis.call('HINCRBY', prefix .. 'counts', what, 1)
        end

        -- Another one after each restart, and on the replica that takes over: what was claimed just before may be unclaimed there.
        local function run()
            return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
        end

        local function lose(id)
            if redis.call('EXISTS', prefix .. 'answer:' .. id) == 0 then
                finish(id, 'lost', '!lost', kept(id))
                count('lost')
            end
        end

        local function expire(id)
            redis.call('ZREM', prefix .. 'waiting', id)
            if redis.call('HGET', prefix .. 'request:' .. id, 'run') ~= run() then
                return lose(id)
            end
            finish(id, 'void', '!expired', kept(id))
            count('expired')
        end

        -- Who sent it may not ask, and where no listener comes nobody takes it out of its queue.
        local function sweep()
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'waiting', '-inf', string.format('%.0f', now), 'LIMIT', 0, 100)) do
                local state = redis.call('HGET', prefix .. 'request:' .. id, 'state')
                if state == 'waiting' then
                    expire(id)
                else
                    redis.call('ZREM', prefix .. 'waiting', id)
                    if not state then
                        count('expired')
                    end
                end
            end
        end

        -- Nobody could give a sign of life to a Redis that was not there: after a restart each listener has five seconds to, as
        -- long as its lease, and longer than it leaves a Redis that failed alone.
        local function mayBury()
            local key, current = prefix .. 'run', run()
            local known = redis.call('HMGET', key, 'id', 'since')
            if known[1] ~= current then
                known[2] = known[1] and now or 0
                redis.call('HSET', key, 'id', current, 'since', string.format('%.0f', known[2]))
            end
            redis.call('PEXPIRE', key, 172800000)
            return now - tonumber(known[2]) >= 5000
        end

        -- For two days after its last sign of life, longer than any action may take.
        local function remember(listener)
            redis.call('PEXPIRE', prefix .. 'claimed:' .. listener, 172800000)
        end

        local function bury(listener)
            local ids = redis.call('ZRANGE', prefix .. 'claimed:' .. listener, 0, 999)
            for _, id in ipairs(ids) do
                lose(id)
                redis.call('ZREM', prefix .. 'claimed:' .. listener, id)
            end
            if #ids < 1000 then
                redis.call('ZREM', prefix .. 'listeners', listener)
                redis.call('DEL', prefix .. 'snapshot:' .. listener)
            end
        end

        LUA;

    public const string NOW = self::COMMON . 'return now';

    public const string WAITING = "return redis.call('ZCARD', KEYS[1] .. 'waiting')";

    /** ARGV: id, server, body, fingerprint, deadline, hold, keep, max waiting. */
    public const string SUBMIT = self::COMMON . <<<'LUA'
        local id, server, deadline, keep = ARGV[1], ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[7])
        local request = prefix .. 'request:' .. id
        local known = redis.call('HMGET', request, 'state', 'fingerprint')
        -- Where Redis lost its data, an answer may be all that came back.
        if known[2] and known[2] ~= ARGV[4] then
            return 'conflict'
        end
        if known[1] == 'waiting' and tonumber(redis.call('HGET', request, 'deadline')) <= now then
            expire(id)
            known[1] = redis.call('HGET', request, 'state')
        end
        if known[1] and known[1] ~= 'void' then
            return 'known'
        end
        if deadline <= now then
            return 'late'
        end
        sweep()
        if redis.call('ZCOUNT', prefix .. 'waiting', '(' .. string.format('%.0f', now), '+inf') >= tonumber(ARGV[8]) then
            count('full')
            return 'full'
        end
        redis.call('DEL', request, prefix .. 'answer:' .. id)
        redis.call('HSET', request, 'state', 'waiting', 'server', server, 'body', ARGV[3], 'fingerprint', ARGV[4],
            'deadline', ARGV[5], 'hold', ARGV[6], 'keep', ARGV[7], 'run', run())
        local life = deadline - now + keep
        redis.call('PEXPIRE', request, life)
        redis.call('ZADD', prefix .. 'waiting', deadline, id)
        local queue = prefix .. 'queue:' .. server
        -- Where no listener comes, what is over must not pile up.
        for _ = 1, 10 do
            local first = redis.call('LINDEX', queue, 0)
            if not first or redis.call('HGET', prefix .. 'request:' .. first, 'state') == 'waiting'
                and redis.call('ZSCORE', prefix .. 'waiting', first) then
                break
            end
            redis.call('LPOP', queue)
        end
        redis.call('RPUSH', queue, id)
        if redis.call('PTTL', queue) < life then
            redis.call('PEXPIRE', queue, life)
        end
        return 'queued'
        LUA;

    /** ARGV: id. */
    public const string LOOK = self::COMMON . <<<'LUA'
        local id = ARGV[1]
        local answer = redis.call('LINDEX', prefix .. 'answer:' .. id, 0)
        if answer then
            return {'answered', answer}
        end
        local request = redis.call('HMGET', prefix .. 'request:' .. id, 'state', 'deadline', 'by')
        if request[1] == 'waiting' then
            if tonumber(request[2]) > now then
                return {'waiting'}
            end
            expire(id)
        elseif request[1] == 'claimed' then
            local alive = redis.call('ZSCORE', prefix .. 'listeners', request[3])
            if alive and tonumber(alive) > now or not mayBury() then
                return {'claimed'}
            end
            lose(id)
        else
            return {'unknown'}
        end
        return {'answered', redis.call('LINDEX', prefix .. 'answer:' .. id, 0)}
        LUA;

    /** ARGV: id. */
    public const string WITHDRAW = self::COMMON . <<<'LUA'
        local id = ARGV[1]
        if redis.call('HGET', prefix .. 'request:' .. id, 'state') ~= 'waiting' then
            return 0
        end
        redis.call('ZREM', prefix .. 'waiting', id)
        if redis.call('HGET', prefix .. 'request:' .. id, 'run') ~= run() then
            lose(id)
            return 0
        end
        finish(id, 'void', '!expired', kept(id))
        count('withdrawn')
        return 1
        LUA;

    public const string SNAPSHOTS = self::COMMON . <<<'LUA'
        local found = {}
        for _, listener in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'listeners', '(' .. string.format('%.0f', now), '+inf')) do
            local snapshot = redis.call('GET', prefix .. 'snapshot:' .. listener)
            if snapshot and snapshot ~= '' then
                found[#found + 1] = snapshot
            end
        end
        return found
        LUA;

    /** ARGV: listener, how many at most, servers. */
    public const string TAKE = self::COMMON . <<<'LUA'
        local listener, most, looks = ARGV[1], tonumber(ARGV[2]), 1000
        local alive = redis.call('ZSCORE', prefix .. 'listeners', listener)
        local taken = {string.format('%.0f', now)}
        -- Who was taken for dead gives a sign of life first: else what it claims is lost at once.
        if not alive or tonumber(alive) <= now or redis.call('ZCARD', prefix .. 'waiting') == 0 then
            return taken
        end
        local current = run()
        for i = 3, #ARGV do
            while #taken < most * 2 and looks > 0 do
                local id = redis.call('LPOP', prefix .. 'queue:' .. ARGV[i])
                if not id then
                    break
                end
                looks = looks - 1
                local key = prefix .. 'request:' .. id
                local request = redis.call('HMGET', key, 'state', 'deadline', 'body', 'hold', 'run')
                if request[1] == 'waiting' then
                    if request[5] ~= current then
                        redis.call('ZREM', prefix .. 'waiting', id)
                        lose(id)
                    elseif tonumber(request[2]) <= now then
                        expire(id)
                    else
                        redis.call('ZREM', prefix .. 'waiting', id)
                        redis.call('HSET', key, 'state', 'claimed', 'by', listener)
                        redis.call('PEXPIRE', key, request[4])
                        redis.call('ZADD', prefix .. 'claimed:' .. listener, now, id)
                        taken[#taken + 1] = id
                        taken[#taken + 1] = request[3]
                    end
                end
            end
        end
        remember(listener)
        return taken
        LUA;

    /** ARGV: listener, ids. */
    public const string RECLAIM = self::COMMON . <<<'LUA'
        local found = {string.format('%.0f', now)}
        for i = 2, #ARGV do
            local request = redis.call('HMGET', prefix .. 'request:' .. ARGV[i], 'state', 'by', 'body')
            if request[1] == 'claimed' and request[2] == ARGV[1] and request[3] then
                found[#found + 1] = ARGV[i]
                found[#found + 1] = request[3]
            else
                redis.call('ZREM', prefix .. 'claimed:' .. ARGV[1], ARGV[i])
            end
        end
        return found
        LUA;

    /** ARGV: listener, ids. Kept for a day, as long as an action may take at most. */
    public const string RESTORE = self::COMMON . <<<'LUA'
        for i = 2, #ARGV do
            local key = prefix .. 'request:' .. ARGV[i]
            local request = redis.call('HMGET', key, 'state', 'by')
            -- Whoever else has claimed it since carries it out now.
            if redis.call('EXISTS', prefix .. 'answer:' .. ARGV[i]) == 0 and (request[1] ~= 'claimed' or request[2] == ARGV[1]) then
                redis.call('ZREM', prefix .. 'waiting', ARGV[i])
                redis.call('HSET', key, 'state', 'claimed', 'by', ARGV[1])
                redis.call('PEXPIRE', key, 86400000)
                redis.call('ZADD', prefix .. 'claimed:' .. ARGV[1], now, ARGV[i])
            end
        end
        remember(ARGV[1])
        return 1
        LUA;

    /** ARGV: listener, lease, snapshot. */
    public const string BEAT = self::COMMON . <<<'LUA'
        local listener, lease = ARGV[1], tonumber(ARGV[2])
        redis.call('ZADD', prefix .. 'listeners', now + lease, listener)
        redis.call('SET', prefix .. 'snapshot:' .. listener, ARGV[3], 'PX', lease)
        remember(listener)
        if mayBury() then
            for _, dead in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'listeners', '-inf', string.format('%.0f', now), 'LIMIT', 0, 10)) do
                bury(dead)
            end
        end
        sweep()
        return {redis.call('ZCARD', prefix .. 'waiting'), redis.call('ZRANGE', prefix .. 'claimed:' .. listener, 0, -1), redis.call('HGETALL', prefix .. 'counts')}
        LUA;

    /** ARGV: listener, id, answer, keep, whether it is void. */
    public const string ANSWER = self::COMMON . <<<'LUA'
        local id = ARGV[2]
        redis.call('ZREM', prefix .. 'claimed:' .. ARGV[1], id)
        local there = redis.call('LINDEX', prefix .. 'answer:' .. id, 0)
        if there then
            -- Its own answer, where only the word that it arrived was lost.
            return there == ARGV[3] and 1 or 0
        end
        if ARGV[5] == '1' then
            -- A refusal that is given again, as the word that it arrived was lost: who was refused may have sent the same anew by
            -- now, and another listener may be carrying it out.
            local request = redis.call('HMGET', prefix .. 'request:' .. id, 'state', 'by')
            if request[1] and (request[1] ~= 'claimed' or request[2] ~= ARGV[1]) then
                return 0
            end
        end
        redis.call('ZREM', prefix .. 'waiting', id)
        finish(id, ARGV[5] == '1' and 'void' or 'answered', ARGV[3], ARGV[4])
        return 1
        LUA;

    /** ARGV: listener. */
    public const string LEAVE = self::COMMON . 'bury(ARGV[1]) return 1';
}
