<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

/**
 * Which of several workers is the one at work. The others stand by, with nothing connected.
 *
 * What one of these methods throws is logged, and taken for a no.
 */
interface Leadership
{
    /** How a log and a status name it: the lock, and where it is. */
    public function name(): string;

    /** Tries to become the one, without waiting; true where it is already. Called after each tick while standing by: it limits itself. */
    public function acquire(): bool;

    /**
     * Called before and after each tick: prolongs it in time. False once it is lost, or can no longer be known in time: the worker then
     * cuts its connections and stands by again.
     *
     * @param callable(): float $backlogSeconds for how long the oldest of what was read and not handed on yet has waited; for the sign
     *     of life that the next one goes by
     */
    public function hold(callable $backlogSeconds): bool;

    /**
     * For how many seconds more it may be at work without being prolonged. The connections are cut then even where nothing of PHP runs:
     * by a thread with `io: background`, else before anything is read again ({@see \Apn\AmiClient\AmiClientManager::lease()}).
     */
    public function leaseSeconds(): float;

    /** What is known of who was at work before; null where nothing is. Asked when acquire() has become true. */
    public function lastSign(): ?LastSign;

    /**
     * In leaving: the next one need not wait for a timeout.
     *
     * @param float $backlogSeconds as above, of what is lost now
     */
    public function release(float $backlogSeconds): void;
}
