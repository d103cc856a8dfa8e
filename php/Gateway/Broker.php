<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

/**
 * What stands between those who ask and the listeners that own connections: it keeps requests and answers, and decides who may
 * do what with them. Each method is atomic, and reads one clock, that of the broker.
 *
 * ```text
 *            submit            take                answer
 *  (nothing) ──────▶ waiting ────────▶ claimed ─────────────▶ answered
 *                      │                  │
 *          deadline,   │                  │  its listener is gone
 *          withdraw    ▼                  ▼
 *                     void ◀── answer   lost
 *                              (nothing was sent)
 * ```
 *
 * A request is claimed at most once. What ends it first counts; whatever comes later is refused. Only what is void, which says that
 * no server ever saw it, may be submitted again under the same id.
 *
 * Bodies, answers and snapshots are bytes that it does not look into, but for the three answers that it gives itself.
 */
interface Broker
{
    /** The answer of a request that no listener took before its deadline, or that was withdrawn: it was not carried out. */
    public const string EXPIRED = '!expired';

    /** The answer of a request whose listener is gone: nobody knows whether it was carried out. */
    public const string LOST = '!lost';

    /** The answer of a request that its listener could not open, since it has another key: it was not carried out. */
    public const string FOREIGN = '!foreign';

    /**
     * Its clock in milliseconds.
     *
     * @throws RedisFailedException
     */
    public function now(): int;

    /** @throws RedisFailedException */
    public function submit(Submission $submission): Submitted;

    /**
     * Waits for the answer, and leaves it there.
     *
     * @param int $timeoutMs above 0
     *
     * @throws RedisFailedException
     */
    public function awaitAnswer(string $id, int $timeoutMs): ?string;

    /**
     * How a request stands, without waiting. One whose deadline is over, or whose listener is gone, ends here.
     *
     * @throws RedisFailedException
     */
    public function look(string $id): Standing;

    /**
     * Takes a request back that no listener has taken.
     *
     * @return bool false where it was too late
     *
     * @throws RedisFailedException
     */
    public function withdraw(string $id): bool;

    /**
     * @return list<string> what the living listeners said of themselves last
     *
     * @throws RedisFailedException
     */
    public function snapshots(): array;

    /**
     * How many requests wait.
     *
     * @throws RedisFailedException
     */
    public function waiting(): int;

    /**
     * Claims requests for a listener. One that waited while the broker itself was restarted is lost: that it was claimed, too, may be
     * what the broker has forgotten.
     *
     * @param list<string> $servers the queues to take from, in this order; '' is that of requests for any server
     *
     * @throws RedisFailedException
     *
     * @phpstan-impure
     */
    public function take(string $listener, array $servers, int $max): Taken;

    /**
     * Hands out again what a listener has claimed and not answered, of these ids: for when the answer of take() was lost.
     *
     * @param list<string> $ids
     *
     * @throws RedisFailedException
     */
    public function reclaim(string $listener, array $ids): Taken;

    /**
     * Says again what a listener has under way, where the broker has forgotten it: who waits for it then knows that it is worth waiting.
     *
     * @param list<string> $ids
     *
     * @throws RedisFailedException
     */
    public function restore(string $listener, array $ids): void;

    /**
     * A sign of life. Ends the requests of listeners that gave none for too long.
     *
     * @param int $leaseMs for how long this one counts as alive
     *
     * @throws RedisFailedException
     */
    public function beat(string $listener, int $leaseMs, string $snapshot): Pulse;

    /**
     * @param int $keepMs for how long the answer is kept for who asks
     * @param bool $void that no server ever saw the request
     *
     * @return bool false where it had ended already
     *
     * @throws RedisFailedException
     */
    public function answer(string $listener, string $id, string $answer, int $keepMs, bool $void): bool;

    /**
     * A listener goes. What it claimed and did not answer is lost.
     *
     * @throws RedisFailedException
     */
    public function leave(string $listener): void;
}
