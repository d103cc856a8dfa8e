<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\InvalidConnectionStateException;
use Apn\AmiClient\RoundRobin;
use Apn\AmiClient\RoutingCandidate;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\TickSummary;

/**
 * Servers that are none, for tests: answers that a test scripts, events that it makes up, and assertions about what was sent.
 *
 * It behaves as the real manager does (one set of tests runs on both), but for time: it has a time of its own, in which waiting
 * takes none. So a test of a timeout is as quick as any. Nothing is done between ticks: tick(), event() and whatever waits,
 * such as await() and call(), let it go on. Needs no extension.
 *
 * @phpstan-import-type Given from Answers
 * @phpstan-import-type Headers from Frames
 */
final class FakeManager implements AmiClientManager
{
    use AssertsSentActions;
    use TellsNumbers;

    private readonly FakeNetwork $network;

    private RoutingStrategy $routing;

    private ?string $default;

    /** Whether all servers were told to connect, and so those that are added later. */
    private bool $connects;

    /**
     * @param array<array-key, Given>|(callable(Action, string): (Answer|AnswerSequence|AmiResponse|\Throwable|Headers|null)) $answers by
     *     the name of the action, a name with `*`, or its class; or a function for all. What is not among them succeeds
     * @param list<string> $servers their keys
     * @param string|null $default the key of the default server; null for the first
     * @param bool $connected whether all of them are ready from the start
     */
    public function __construct(
        array|callable $answers = [],
        array $servers = ['default'],
        ?string $default = null,
        bool $connected = true,
    ) {
        $this->network = new FakeNetwork(new Answers(), microtime(true));
        $this->routing = new RoundRobin();
        foreach ($servers as $key) {
            $this->network->add(new FakeServer($key, '127.0.0.1', 5038, $this->network->now()));
        }
        $this->default = $default ?? $servers[0] ?? null;
        if ($default !== null) {
            $this->network->server($default);
        }
        // An array may also be a method.
        $rules = \is_callable($answers) ? ['*' => $answers(...)] : $answers;
        if ($rules !== [] && array_is_list($rules)) {
            throw Failures::invalid('answers', $answers, 'each answer stands under the name of its action');
        }
        /** @var array<array-key, Given> $rules */
        $this->answer($rules);
        $this->connects = $connected;
        if ($connected) {
            $this->up();
        }
    }

    // ---- for the test ------------------------------------------------------------------------------------------------

    /**
     * Says how actions are answered. What is said later goes before what was said earlier; names go before wildcards.
     *
     * @param array<array-key, Given>|string $of answers by name, wildcard or class; or one of these, with the answer behind it
     * @param Given|null $answer
     */
    public function answer(array|string $of, Answer|AnswerSequence|AmiResponse|\Throwable|\Closure|array|null $answer = null): self
    {
        $this->network->answers->add(\is_array($of) ? $of : [$of => $answer ?? []]);

        return $this;
    }

    /** Has send() throw UnexpectedActionException for every action that no answer was given for. */
    public function preventStrayActions(bool $prevent = true): self
    {
        $this->network->answers->refuseStrays($prevent);

        return $this;
    }

    /**
     * A server sends an event, and a tick hands it to whoever listens. Within a tick it waits for the next one.
     *
     * @param string|AmiEvent $event its name; or one made by fromRaw()
     * @param Headers $headers of an event that is given by its name
     * @param string|null $server null for the default server
     */
    public function event(string|AmiEvent $event, array $headers = [], ?string $server = null): self
    {
        $this->push($event, $headers, $server);
        if (!$this->network->isTicking()) {
            $this->network->tick();
        }

        return $this;
    }

    /**
     * The same without the tick: it comes with the next one.
     *
     * @param Headers $headers
     */
    public function push(string|AmiEvent $event, array $headers = [], ?string $server = null): self
    {
        $given = $event instanceof AmiEvent && $this->network->has($event->serverKey) ? $event->serverKey : null;
        $server ??= $given ?? $this->default()->serverKey();
        if (\is_string($event)) {
            $event = Frames::event($server, $event, $headers, $this->network->now());
        } elseif ($event->serverKey !== $server) {
            $event = AmiEvent::fromRaw($server, $event->raw(), $event->receivedAt);
        }
        $this->network->push($event);

        return $this;
    }

    /** One tick: reads what is due, and tells it. */
    public function tick(): TickSummary
    {
        return $this->network->tick();
    }

    /** So much of the fake's own time passes, with everything that is due meanwhile: delayed answers, timeouts. */
    public function travel(int $milliseconds): self
    {
        $this->network->travel($milliseconds);

        return $this;
    }

    /** The fake's own time, in seconds since the Unix epoch. */
    public function now(): float
    {
        return $this->network->now();
    }

    /**
     * A server goes away, and does not come back until up(): its actions fail, sending throws InvalidConnectionStateException.
     *
     * @param string|null $server null for all
     * @param string $reason as the words for `reason` in docs/logging.md; with `login_refused` whoever waits for the server gets an
     *     AuthenticationException
     */
    public function down(?string $server = null, string $reason = 'end_of_file', ConnectionState $state = ConnectionState::Reconnecting): self
    {
        foreach ($this->some($server) as $one) {
            $one->reachable = false;
            $this->network->end($one, $reason, $state);
        }

        return $this->settled();
    }

    /**
     * A server is there, again or for the first time. Where it had a session, a gap is told.
     *
     * @param string|null $server null for all
     */
    public function up(?string $server = null): self
    {
        foreach ($this->some($server) as $one) {
            $one->reachable = true;
            if (!$one->isUsable()) {
                $this->network->restore($one);
            }
        }

        return $this->settled();
    }

    /** What asteriskVersion() says; null for every server. */
    public function runsAsterisk(string $version, ?string $server = null): self
    {
        foreach ($this->some($server) as $one) {
            $one->asteriskVersion = $version;
        }

        return $this;
    }

    /** Forgets what was sent, for assertions about what follows. */
    public function forgetSent(): self
    {
        $this->network->forgetSent();

        return $this;
    }

    /**
     * What listeners, filters and callbacks threw. As with real servers nobody else hears of it; but what PHPUnit's assertions throw
     * within them leaves the tick, and with InteractsWithAmi the test fails where nobody has asked for the others here.
     *
     * @return list<\Throwable>
     */
    public function failures(): array
    {
        return $this->network->telling->failures();
    }

    /** @internal the first failure that nobody has looked at by failures() */
    public function unseenFailure(): ?\Throwable
    {
        return $this->network->telling->unseen();
    }

    // ---- as the real one ---------------------------------------------------------------------------------------------

    public function send(Action $action): FakePendingAction
    {
        return $this->network->send($this->route($action), $action);
    }

    public function call(Action $action, int $timeoutMs = 10000): AmiResponse
    {
        $this->network->checkNotTicking();
        $untilMs = $this->network->deadline($timeoutMs);

        return $this->sendOnceReady($action, $untilMs)->await($this->network->leftMs($untilMs));
    }

    public function server(string $key): FakeClient
    {
        return new FakeClient($this->network, $this->network->server($key)->key);
    }

    public function default(): FakeClient
    {
        return $this->server($this->default ?? throw Failures::invalid('default', null, 'there is no server'));
    }

    public function serverKeys(): array
    {
        return $this->network->keys();
    }

    public function select(): FakeClient
    {
        return new FakeClient($this->network, $this->route(null)->key);
    }

    public function routing(RoutingStrategy $strategy): static
    {
        $this->routing = $strategy;

        return $this;
    }

    public function addServer(#[\SensitiveParameter] ServerConfig $server): FakeClient
    {
        if ($this->network->has($server->key)) {
            throw Failures::invalid('key', $server->key, "there is a server \"$server->key\" already");
        }
        $this->network->add(new FakeServer($server->key, $server->host, $server->port, $this->network->now()));
        $this->default ??= $server->key;
        if ($this->connects) {
            $this->network->open($this->network->server($server->key));
        }

        return $this->server($server->key);
    }

    public function removeServer(string $key): bool
    {
        return $this->network->remove($key);
    }

    public function states(): array
    {
        return array_map(static fn(FakeServer $server): ConnectionState => $server->state, $this->network->servers());
    }

    public function onEvent(string $name, callable $listener, EventFilter|array|null $filter = null, int $priority = 0): FakeSubscription
    {
        return $this->network->telling->listeners->add($name, null, $listener, $filter, $priority);
    }

    public function onAnyEvent(callable $listener, EventFilter|array|null $filter = null, int $priority = 0): FakeSubscription
    {
        return $this->network->telling->listeners->add(null, null, $listener, $filter, $priority);
    }

    /** @param callable(ConnectionGap): mixed $listener */
    public function onGap(callable $listener): static
    {
        $this->network->telling->onGap($listener);

        return $this;
    }

    public function connectAll(): void
    {
        $this->connects = true;
        foreach ($this->network->servers() as $server) {
            $this->network->open($server);
        }
    }

    /** Waits no longer than the real one, but by the fake's own time. */
    public function tickAll(int $timeoutMs = 0): TickSummary
    {
        return $this->network->tick($timeoutMs);
    }

    public function close(): void
    {
        foreach ($this->network->servers() as $server) {
            $this->network->close($server);
        }
    }

    public function terminate(): void
    {
        foreach ($this->network->servers() as $server) {
            $this->network->end($server, 'closed', ConnectionState::Disconnected);
        }
    }

    protected function sentActions(): array
    {
        return $this->network->sent();
    }

    protected function network(): FakeNetwork
    {
        return $this->network;
    }

    private function route(?Action $action): FakeServer
    {
        $usable = array_filter($this->network->servers(), static fn(FakeServer $server): bool => $server->isUsable());
        if ($usable === []) {
            throw Failures::noneReady($this->states(), 'no server is ready');
        }
        $candidates = array_map(static fn(FakeServer $server): RoutingCandidate => new RoutingCandidate($server->key, \count($server->pending)), $usable);
        $key = $this->routing->select(array_values($candidates), $action);
        if ($key === null) {
            throw Failures::noneReady($this->states(), $this->routing::class . ' chose none of ' . \count($candidates) . ' servers');
        }
        $server = $this->network->server($key);

        return $server->isUsable() ? $server : throw Failures::noneReady([$key => $server->state], $this->routing::class . " chose \"$key\"");
    }

    private function sendOnceReady(Action $action, int $untilMs): FakePendingAction
    {
        try {
            return $this->send($action);
        } catch (InvalidConnectionStateException $notReady) {
        }
        $keys = $this->serverKeys();
        if (\count($keys) === 1) {
            $this->server($keys[0])->waitUntilReady($this->network->leftMs($untilMs));

            return $this->send($action);
        }
        $this->connectAll();
        while (true) {
            $left = $this->network->leftMs($untilMs);
            $this->network->tick(min($left, 100));
            try {
                return $this->send($action);
            } catch (InvalidConnectionStateException $notReady) {
                if ($left === 0) {
                    throw $notReady;
                }
            }
        }
    }

    /** @return list<FakeServer> */
    private function some(?string $key): array
    {
        return $key === null ? array_values($this->network->servers()) : [$this->network->server($key)];
    }

    private function settled(): self
    {
        if (!$this->network->isTicking()) {
            $this->network->tick();
        }

        return $this;
    }
}
