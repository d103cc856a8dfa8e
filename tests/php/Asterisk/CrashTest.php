<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\ConnectionLostException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\PendingAction;
use Apn\AmiClient\Tests\Support\Mode;

/** A server that crashes under load and is started again, beside one that goes on. It starts a server of its own. */
final class CrashTest extends AsteriskTestCase
{
    private const string SCRIPT = __DIR__ . '/../../asterisk/asterisk';

    private ?string $name = null;

    private int $events = 0;

    /** @var list<ConnectionGap> */
    private array $gaps = [];

    protected function tearDown(): void
    {
        parent::tearDown();
        if ($this->name !== null) {
            self::asterisk('down', $this->name);
        }
    }

    public function test_a_killed_server_loses_what_was_under_way_and_is_back_without_anybodys_help(): void
    {
        $other = explode(':', self::address('22'));
        if (getenv('ASTERISK_22_NAME') === false) {
            self::markTestSkipped('this needs a server of its own to kill, which only tests/asterisk/asterisk starts');
        }
        [$host, $port] = $this->start();
        $login = ['username' => 'dialer', 'secret' => 's3cret'];
        $manager = AmiClientManager::fromConfig([
            'servers' => [
                'crashes' => ['host' => $host, 'port' => $port] + $login,
                'goes-on' => ['host' => $other[0], 'port' => $other[1]] + $login,
            ],
            'options' => ['backoff_max_ms' => 500, 'circuit_cooldown' => 0.5] + Mode::options(),
        ]);
        try {
            $this->crash($manager, $port);
        } finally {
            $manager->terminate();
        }
    }

    private function crash(AmiClientManager $manager, string $port): void
    {
        [$crashes, $goesOn] = [$manager->server('crashes'), $manager->server('goes-on')];
        $crashes->onAnyEvent(function (AmiEvent $event): void {
            $this->events++;
        });
        $manager->onGap(function (ConnectionGap $gap): void {
            $this->gaps[] = $gap;
        });
        $crashes->waitUntilReady(15_000);
        $goesOn->waitUntilReady(15_000);
        // Its result comes when nobody has answered for so long: after the crash.
        $outlives = $goesOn->send(self::originate('1005', ['Timeout' => 8_000]));
        $underWay = [];
        for ($i = 0; $i < 5; $i++) {
            $crashes->send(self::originate('5000', ['Variable' => 'COUNT=100000']));
            $underWay[] = $crashes->send(self::originate('1005', ['Timeout' => 30_000]));
        }
        self::tickUntil($manager, fn(): bool => $this->events > 5_000, 15.0, 'a load of events');
        // Among the events there are answers to be read, and actions that have just been written.
        for ($i = 0; $i < 200; $i++) {
            $underWay[] = $crashes->send(new GenericAction('CoreShowChannels'));
        }
        $manager->tickAll(5);
        $before = $this->events;

        $killed = microtime(true);
        self::asterisk('kill', (string) $this->name);
        self::tickUntil($manager, static fn(): bool => !\in_array($crashes->state(), [ConnectionState::Ready, ConnectionState::Degraded], true), 10.0, 'the loss');
        $state = $crashes->state();
        self::assertSame(ConnectionState::Reconnecting, $state);
        // In the background the state may be seen before a tick has told what it ended.
        $manager->tickAll();
        self::assertLessThan(10.0, microtime(true) - $killed);
        self::assertGreaterThanOrEqual($before, $this->events);
        self::assertSame([], array_filter($underWay, static fn(PendingAction $action): bool => !$action->isComplete()), 'each has ended');
        $errors = array_map(static fn(PendingAction $action): string => $action->error() === null ? 'answered' : $action->error()::class, $underWay);
        $unexpected = array_diff($errors, ['answered', ConnectionLostException::class, ActionSendFailedException::class]);
        self::assertSame([], $unexpected);
        self::assertGreaterThanOrEqual(5, \count(array_keys($errors, ConnectionLostException::class, true)), 'the Originates at least');
        self::assertCount(0, $this->gaps, 'it is not over');
        self::assertThrows(static fn(): PendingAction => $crashes->send(new GenericAction('Ping')));

        self::tickUntil($manager, static fn(): bool => $outlives->isComplete(), 15.0, 'what the other server does');
        self::assertNotInstanceOf(ConnectionLostException::class, $outlives->error());
        self::assertSame(ConnectionState::Ready, $goesOn->state());

        $this->start($port);
        self::tickUntil($manager, static fn(): bool => $crashes->state() === ConnectionState::Ready, 30.0, 'its return');
        self::assertSame('Pong', $crashes->call(new GenericAction('Ping'))->get('Ping'));
        self::assertSame('Success', $crashes->call(new GenericAction('CoreStatus'))->get('Response'));
        $gaps = $this->told();
        self::assertCount(1, $gaps, 'told once');
        self::assertSame('crashes', $gaps[0]->serverKey);
        self::assertContains($gaps[0]->reason, ['end_of_file', 'io_error']);
        self::assertSame(1, $gaps[0]->sessions);
        self::assertGreaterThan($gaps[0]->from, $gaps[0]->to);
        self::assertLessThan($killed + 10.0, $gaps[0]->from);
        self::assertGreaterThan($killed, $gaps[0]->to);
    }

    /** @return list<ConnectionGap> */
    private function told(): array
    {
        return $this->gaps;
    }

    /** @param callable(): mixed $act */
    private static function assertThrows(callable $act): void
    {
        try {
            $act();
            self::fail('it can be sent');
        } catch (AmiException $error) {
            self::assertStringContainsString('crashes', $error->getMessage());
        }
    }

    /** @return array{string, string} host and port */
    private function start(string ...$port): array
    {
        parse_str(implode('&', self::asterisk('up', '22', ...$port)), $server);
        self::assertIsString($server['ASTERISK_22_NAME'] ?? null);
        self::assertIsString($server['ASTERISK_22'] ?? null);
        $this->name = $server['ASTERISK_22_NAME'];

        return explode(':', $server['ASTERISK_22']) + ['', ''];
    }

    /** @return list<string> what it printed */
    private static function asterisk(string ...$arguments): array
    {
        exec(implode(' ', array_map(escapeshellarg(...), [self::SCRIPT, ...array_values($arguments)])) . ' 2>/dev/null', $lines, $status);
        self::assertSame(0, $status, implode(' ', $arguments));

        return $lines;
    }
}
