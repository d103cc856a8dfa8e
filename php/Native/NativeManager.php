<?php

declare(strict_types=1);

namespace Apn\AmiClient\Native;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClientManager as AmiClientManagerContract;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\PendingAction;
use Apn\AmiClient\ReentrancyException;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\TickSummary;

/** The manager of the extension, as the contracts have it: connections of this process. */
final readonly class NativeManager implements AmiClientManagerContract
{
    /** A tick of call() waits no longer, so that a server that became ready without an event to tell of is seen soon. */
    private const int MAX_TICK_MS = 100;

    /** Most milliseconds in which what came while nobody ticked is read; the buffers of a socket take a tenth of it. */
    private const int CATCH_UP_MS = 250;

    /** A day, as long as an action may take at most; what is longer would also be no whole number of nanoseconds. */
    private const int MAX_CALL_MS = 86_400_000;

    /**
     * @param (\Closure(?NativeSubscription): void)|null $onChange hears of each listener; with null, of what stays changed
     * @param int|null $connectMs most milliseconds that send() waits for a connection where there is none yet: for a process that does not
     *     listen. Null never waits, and refuses such an action
     */
    public function __construct(
        private AmiClientManager $native,
        private ?\Closure $onChange = null,
        private ?int $connectMs = null,
    ) {}

    /** The object of the extension, for what is not in the contract: stream(), registerSignalHandlers(), shutdownReason(). */
    public function native(): AmiClientManager
    {
        $this->noteChange();
        return $this->native;
    }

    public function send(Action $action): NativePendingAction
    {
        return new NativePendingAction($this->connectMs === null
            ? $this->native->send($action)
            : $this->sendOnceReady($action, hrtime(true) + $this->connectMs * 1_000_000));
    }

    /**
     * Connects if no server can be used yet, sends to the one that the routing strategy chooses, and ticks until the answer is
     * there. For scripts and tests: refused within a tick, a worker registers onComplete().
     */
    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        $until = hrtime(true) + min($timeoutMs, self::MAX_CALL_MS) * 1_000_000;
        // Before anything is sent, this refuses what could not wait for the answer: a call within a tick, or a negative time.
        $this->native->tickAll(min(0, $timeoutMs));

        return $this->sendOnceReady($action, $until)->await(self::left($until));
    }

    public function server(string $key): NativeClient
    {
        return new NativeClient($this->native->server($key), $this->onChange, $this->connectMs, $this->native);
    }

    public function default(): NativeClient
    {
        return new NativeClient($this->native->default(), $this->onChange, $this->connectMs, $this->native);
    }

    public function serverKeys(): array
    {
        // PHP makes integers of keys that look like some.
        return array_map(strval(...), array_keys($this->native->health()));
    }

    public function select(): NativeClient
    {
        return new NativeClient($this->native->select(), $this->onChange, $this->connectMs, $this->native);
    }

    public function routing(RoutingStrategy $strategy): static
    {
        $this->noteChange();
        $this->native->routing($strategy);

        return $this;
    }

    public function addServer(#[\SensitiveParameter] ServerConfig $server): NativeClient
    {
        $this->noteChange();
        return new NativeClient($this->native->addServer($server), $this->onChange, $this->connectMs, $this->native);
    }

    public function removeServer(string $key): bool
    {
        $this->noteChange();
        return $this->native->removeServer($key);
    }

    public function states(): array
    {
        return array_map(static fn(array $health): ConnectionState => $health['state'], $this->native->health());
    }

    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): NativeSubscription
    {
        return $this->noted(new NativeSubscription($this->native->onEvent($name, $listener, $filter, $priority)));
    }

    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): NativeSubscription
    {
        return $this->noted(new NativeSubscription($this->native->onAnyEvent($listener, $filter, $priority)));
    }

    public function onGap(callable $listener): static
    {
        $this->noteChange();
        $this->native->onGap($listener);

        return $this;
    }

    public function connectAll(): void
    {
        $this->native->connectAll();
    }

    public function tickAll(int $timeoutMs = 0): TickSummary
    {
        return $this->native->tickAll($timeoutMs);
    }

    public function health(): array
    {
        return $this->native->health();
    }

    public function clusterHealth(): array
    {
        return $this->native->clusterHealth();
    }

    public function metrics(): array
    {
        return $this->native->metrics();
    }

    public function prometheus(bool $openMetrics = false): string
    {
        return $this->native->prometheus($openMetrics);
    }

    public function close(): void
    {
        $this->native->close();
    }

    public function terminate(): void
    {
        $this->native->terminate();
    }

    /**
     * Finds out what has become of the sessions since somebody ticked: one that the server has ended meanwhile is not to be sent on, as that
     * would fail. Within a tick all is known.
     *
     * @internal
     */
    public static function catchUp(AmiClientManager $manager): void
    {
        $until = hrtime(true) + self::CATCH_UP_MS * 1_000_000;
        try {
            while ($manager->tickAll(0)->hasProgress() && hrtime(true) < $until);
        } catch (ReentrancyException) {
        }
    }

    private function sendOnceReady(Action $action, int $until): PendingAction
    {
        self::catchUp($this->native);
        try {
            return $this->native->send($action);
        } catch (InvalidConnectionStateException $notReady) {
        }
        $keys = $this->serverKeys();
        if (\count($keys) === 1) {
            // It says best why it does not become ready.
            $this->native->server($keys[0])->waitUntilReady(self::left($until));

            return $this->native->send($action);
        }
        $this->native->connectAll();
        while (self::left($until) > 0) {
            $this->native->tickAll(min(self::left($until), self::MAX_TICK_MS));
            if ($this->native->clusterHealth()['usable'] === 0) {
                continue;
            }
            try {
                return $this->native->send($action);
            } catch (InvalidConnectionStateException $notReady) {
                // Some are ready, but none that the routing strategy takes.
            }
        }

        throw $notReady;
    }

    /** @param int $until of the clock of hrtime(), in nanoseconds */
    private static function left(int $until): int
    {
        return max(0, intdiv($until - hrtime(true), 1_000_000));
    }

    private function noted(NativeSubscription $subscription): NativeSubscription
    {
        if ($this->onChange !== null) {
            ($this->onChange)($subscription);
        }

        return $subscription;
    }

    private function noteChange(): void
    {
        if ($this->onChange !== null) {
            ($this->onChange)(null);
        }
    }
}
