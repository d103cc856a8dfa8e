<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Facades;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\Contracts\Subscription;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\RoutingStrategy;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\Answers;
use Apn\AmiClient\Testing\AnswerSequence;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Testing\Frames;
use Apn\AmiClient\Testing\SentAction;
use Apn\AmiClient\TickSummary;
use Illuminate\Support\Facades\Facade;

/**
 * What applications send by. Where it goes is a matter of `ami-client.gateway.enabled`: through a listener process, or over a connection of
 * this one.
 *
 * @method static PendingAction send(Action $action)
 * @method static AmiResponse call(Action $action, int $timeoutMs = 10000)
 * @method static AmiClient server(string $key)
 * @method static AmiClient default()
 * @method static list<string> serverKeys()
 * @method static AmiClient select()
 * @method static AmiClientManager routing(RoutingStrategy $strategy)
 * @method static AmiClient addServer(ServerConfig $server)
 * @method static bool removeServer(string $key)
 * @method static array<string, ConnectionState> states()
 * @method static Subscription onEvent(string $name, callable(AmiEvent): mixed $listener, EventFilter|array<string, string|list<string>>|null $filter = null, int $priority = 0)
 * @method static Subscription onAnyEvent(callable(AmiEvent): mixed $listener, EventFilter|array<string, string|list<string>>|null $filter = null, int $priority = 0)
 * @method static AmiClientManager onGap(callable(ConnectionGap): mixed $listener)
 * @method static void connectAll()
 * @method static TickSummary tickAll(int $timeoutMs = 0)
 * @method static array<string, array<string, mixed>> health()
 * @method static array<string, mixed> clusterHealth()
 * @method static array<string, mixed> metrics()
 * @method static string prometheus(bool $openMetrics = false)
 * @method static void close()
 * @method static void terminate()
 *
 * After fake(), of the fake:
 * @method static list<SentAction> sent(string|\Closure|null $what = null, \Closure|array<array-key, mixed>|null $more = null)
 * @method static FakeManager assertSent(string|\Closure $what, \Closure|array<array-key, mixed>|null $more = null)
 * @method static FakeManager assertSentTo(string $serverKey, string|\Closure $what, \Closure|array<array-key, mixed>|null $more = null)
 * @method static FakeManager assertNotSent(string|\Closure $what, \Closure|array<array-key, mixed>|null $more = null)
 * @method static FakeManager assertSentCount(int $count, string|\Closure|null $of = null)
 * @method static FakeManager assertNothingSent()
 *
 * @see AmiClientManager
 * @see FakeManager
 *
 * @phpstan-import-type Given from Answers
 * @phpstan-import-type Headers from Frames
 */
final class Ami extends Facade
{
    /** The container decides each time: a manager does not outlive the configuration or the process that it was made for. */
    protected static $cached = false;

    /**
     * For tests: from now on nothing leaves the process, whoever sends, and the test says what the answers are. The fake has the servers of
     * the configuration. Needs no extension, no listener and no Redis.
     *
     * @param array<array-key, Given>|(callable(Action, string): (Answer|AnswerSequence|AmiResponse|\Throwable|Headers|null)) $answers by
     *     the name of the action, a name with `*`, or its class; or a function for all. What is not among them succeeds
     */
    public static function fake(array|callable $answers = []): FakeManager
    {
        $config = app(AmiConfig::class);
        $fake = new FakeManager($answers, array_map(strval(...), array_keys($config->servers)), $config->default);
        self::swap($fake);

        return $fake;
    }

    protected static function getFacadeAccessor(): string
    {
        return AmiClientManager::class;
    }
}
