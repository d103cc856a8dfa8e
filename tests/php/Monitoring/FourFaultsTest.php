<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Monitoring;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\CircuitState;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;
use Psr\Log\AbstractLogger;

/**
 * What an operator sees at three in the morning: one node of three is killed, stalled, flooded or refuses the login, and records,
 * metrics and health say which one, since when, why, what was lost and when it is tried again. docs/operating.md walks through it.
 */
#[RequiresPhpExtension('apn_ami')]
final class FourFaultsTest extends TestCase
{
    private const float PATIENCE = 10.0;

    private const array OPTIONS = [
        'heartbeat_interval' => 0.8,
        'auth_timeout' => 1.5,
        'backoff_min_ms' => 500,
        'circuit_failure_threshold' => 100,
        'event_queue_capacity' => 100,
        'max_events_per_tick' => 50,
        'event_drop_log_interval_ms' => 100,
    ];

    private Simulator $simulator;

    private AmiClientManager $manager;

    /** @var \ArrayObject<int, array{level: mixed, message: string, context: array<mixed>}> */
    private \ArrayObject $records;

    protected function setUp(): void
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $this->records = new \ArrayObject();
        $logger = new class ($this->records) extends AbstractLogger {
            /** @param \ArrayObject<int, array{level: mixed, message: string, context: array<mixed>}> $records */
            public function __construct(private \ArrayObject $records) {}

            public function log(mixed $level, string|\Stringable $message, array $context = []): void
            {
                $this->records->append(['level' => $level, 'message' => (string) $message, 'context' => $context]);
            }
        };
        $this->simulator = new Simulator('--nodes', '3', '--calls', '0', '--stdin');
        $this->manager = AmiClientManager::fromConfig(['servers' => $this->simulator->servers(), 'options' => self::OPTIONS], logger: $logger);
        $this->manager->connectAll();
        $this->until(fn(): bool => $this->manager->clusterHealth()['usable'] === 3);
    }

    public function test_a_node_that_is_killed(): void
    {
        $this->manager->server('pbx2')->send(new GenericAction('WaitEvent', ['Timeout' => 30]));
        $this->until(fn(): bool => $this->manager->health()['pbx2']['unwritten_bytes'] === 0);
        $began = microtime(true);
        $this->simulator->command('pbx2 fault refuse');
        $this->simulator->command('pbx2 fault reset');
        $this->until(fn(): bool => $this->records('connecting failed', 'pbx2') !== []);
        $seen = microtime(true);

        // Which, since when, why, and when again: the log.
        [$lost] = $this->records('connection lost', 'pbx2');
        self::assertSame([5, 'io_error'], [\count(array_intersect_key($lost, array_flip(['host', 'port', 'attempt', 'backoff', 'next_retry_at']))), $lost['reason']]);
        self::assertBetween($began, self::number($lost['timestamp_ms']) / 1e3 + 0.001, $seen);
        self::assertEqualsWithDelta(self::number($lost['timestamp_ms']) + self::number($lost['backoff']), self::number($lost['next_retry_at']), 1.0);
        [$failed] = $this->records('connecting failed', 'pbx2');
        self::assertSame('Connection refused (os error 111)', $failed['error']);
        // The same by health.
        $health = $this->manager->health()['pbx2'];
        self::assertSame([ConnectionState::Reconnecting, 'io_error', $failed['error']], [$health['state'], $health['last_reason'], $health['last_error']]);
        self::assertEqualsWithDelta($failed['next_retry_at'], $health['next_retry_at'], 2.0);
        // The same by metrics; what was lost is an action that it was at.
        self::assertSame(0.0, $this->metric('ami_ready', 'pbx2'));
        self::assertSame(1.0, $this->metric('ami_connection_state', 'pbx2', 'state="reconnecting"'));
        self::assertBetween($began, $this->metric('ami_state_since_timestamp_seconds', 'pbx2'), microtime(true));
        self::assertEqualsWithDelta(self::number($failed['next_retry_at']) / 1e3, $this->metric('ami_next_attempt_timestamp_seconds', 'pbx2'), 0.002);
        self::assertGreaterThanOrEqual(2.0, $this->metric('ami_losses_by_reason_total', 'pbx2', 'reason="io_error"'));
        self::assertSame(1.0, $this->metric('ami_actions_total', 'pbx2', 'result="lost"'));
        $this->assertOthersAreWell();
        // It is tried again, and that it is back is told.
        $this->simulator->command('pbx2 fault clear');
        $this->until(fn(): bool => $this->manager->clusterHealth()['usable'] === 3);
        self::assertSame([1.0, 1.0, 0.0], [$this->metric('ami_ready', 'pbx2'), $this->metric('ami_reconnects_total', 'pbx2'), $this->metric('ami_next_attempt_timestamp_seconds', 'pbx2')]);
        self::assertNull($this->manager->health()['pbx2']['last_error']);
    }

    public function test_a_node_that_is_stalled(): void
    {
        $began = microtime(true);
        $this->simulator->command('pbx2 fault half_open');
        $this->simulator->command('pbx2 fault stall');
        // First it is silent.
        $this->until(fn(): bool => $this->records('a heartbeat was not answered', 'pbx2') !== []);
        self::assertSame([0, 1], [$this->manager->clusterHealth()['states']['reconnecting'], $this->manager->clusterHealth()['states']['degraded']]);
        self::assertSame(1.0, $this->metric('ami_connection_state', 'pbx2', 'state="degraded"'));
        self::assertBetween($began, $this->metric('ami_state_since_timestamp_seconds', 'pbx2'), microtime(true));
        self::assertGreaterThan(0.5, $this->metric('ami_heartbeat_latency_seconds', 'pbx2'));
        // Then it is given up, and does not speak when it is tried again.
        $this->until(fn(): bool => $this->records('connecting failed', 'pbx2') !== []);
        [$lost] = $this->records('connection lost', 'pbx2');
        [$failed] = $this->records('connecting failed', 'pbx2');
        self::assertSame(['heartbeat_lost', 'banner_timeout'], [$lost['reason'], $failed['reason']]);
        self::assertSame(2.0, $this->metric('ami_heartbeats_missed_total', 'pbx2'));
        self::assertSame(1.0, $this->metric('ami_losses_by_reason_total', 'pbx2', 'reason="heartbeat_lost"'));
        self::assertSame(1.0, $this->metric('ami_losses_by_reason_total', 'pbx2', 'reason="banner_timeout"'));
        $health = $this->manager->health()['pbx2'];
        self::assertSame(['banner_timeout', 2], [$health['last_reason'], $health['failed_attempts']]);
        self::assertEqualsWithDelta($failed['next_retry_at'], $health['next_retry_at'], 2.0);
        $this->assertOthersAreWell();
    }

    public function test_a_node_that_floods(): void
    {
        $began = microtime(true);
        $heard = 0;
        $this->manager->onAnyEvent(static function () use (&$heard): void {
            $heard++;
        });
        $this->simulator->command('pbx2 fault flood count=5000');
        $this->until(fn(): bool => $this->metric('ami_events_total', 'pbx2') > 5_000 && $this->metric('ami_event_queue_depth', 'pbx2') === 0.0);
        $this->until(fn(): bool => array_sum(array_column($this->records('events were dropped: listeners are too slow for this server', 'pbx2'), 'dropped')) === $this->manager->health()['pbx2']['dropped_events']);

        $dropped = $this->metric('ami_events_dropped_total', 'pbx2');
        self::assertGreaterThan(0.0, $dropped);
        self::assertSame((float) $this->manager->health()['pbx2']['dropped_events'], $dropped);
        $names = $this->manager->metrics()['servers']['pbx2']['events_dropped_by_name'];
        self::assertSame($dropped, (float) array_sum($names));
        // Nothing is missing from the account.
        self::assertSame($this->metric('ami_events_queued_total', 'pbx2'), $this->metric('ami_events_dispatched_total', 'pbx2') + $dropped);
        self::assertSame((float) $heard, $this->metric('ami_events_dispatched_total', 'pbx2'));
        $records = $this->records('events were dropped: listeners are too slow for this server', 'pbx2');
        self::assertLessThanOrEqual(ceil((microtime(true) - $began) / 0.1) + 1, \count($records), 'one summary an interval');
        $last = end($records);
        self::assertNotFalse($last);
        self::assertEquals([$dropped, $names], [$last['dropped_total'], array_intersect_key($names, (array) $last['by_name'])]);
        self::assertGreaterThan(0.0, $this->metric('ami_event_lag_seconds_sum', 'pbx2'));
        self::assertSame(1.0, $this->metric('ami_ready', 'pbx2'));
        $this->assertOthersAreWell();
    }

    public function test_a_node_that_refuses_the_login(): void
    {
        $began = microtime(true);
        $this->simulator->command('pbx2 fault refuse_login');
        $this->simulator->command('pbx2 fault reset');
        $this->until(fn(): bool => $this->records('circuit changed', 'pbx2') !== []);
        [$failed] = $this->records('connecting failed', 'pbx2');
        self::assertSame(['login_refused', 'the login was refused: Authentication failed'], [$failed['reason'], $failed['error']]);
        [$circuit] = $this->records('circuit changed', 'pbx2');
        self::assertSame(['closed', 'open'], [$circuit['from'], $circuit['to']]);
        $health = $this->manager->health()['pbx2'];
        self::assertSame([CircuitState::Open, 'login_refused', $failed['error']], [$health['circuit'], $health['last_reason'], $health['last_error']]);
        self::assertSame(1.0, $this->metric('ami_losses_by_reason_total', 'pbx2', 'reason="login_refused"'));
        self::assertSame(1.0, $this->metric('ami_circuit_state', 'pbx2', 'state="open"'));
        self::assertBetween($began, $this->metric('ami_state_since_timestamp_seconds', 'pbx2'), microtime(true));
        // Not by the backoff but after circuit_cooldown: whoever is refused and asks again at once looks like an attack.
        self::assertEqualsWithDelta(microtime(true) + 30, $this->metric('ami_next_attempt_timestamp_seconds', 'pbx2'), 2.0);
        self::assertCount(3, $this->manager->health());
        self::assertSame(ConnectionState::Reconnecting, $this->manager->clusterHealth()['worst_state']);
        $this->assertOthersAreWell();
    }

    /** Nothing of it is said of anybody else. */
    private function assertOthersAreWell(): void
    {
        foreach (['pbx1', 'pbx3'] as $key) {
            self::assertSame(1.0, $this->metric('ami_ready', $key));
            self::assertSame(0.0, $this->metric('ami_losses_total', $key) + $this->metric('ami_events_dropped_total', $key));
            self::assertSame(['connecting', 'ready'], array_column(array_filter($this->records->getArrayCopy(), static fn(array $record): bool => $record['context']['server_key'] === $key), 'message'));
        }
    }

    /** @return list<array<mixed>> the contexts of the records with that message about that server */
    private function records(string $message, string $key): array
    {
        $records = array_filter($this->records->getArrayCopy(), static fn(array $record): bool => $record['message'] === $message && $record['context']['server_key'] === $key);

        return array_column($records, 'context');
    }

    /** A value as Prometheus reads it. */
    private function metric(string $name, string $key, string $label = ''): float
    {
        $labels = preg_quote("server_key=\"$key\",server_host=\"127.0.0.1\"" . ($label === '' ? '' : ",$label"), '~');
        self::assertSame(1, preg_match("~^$name\\{{$labels}\\} (\\S+)\$~m", $this->manager->prometheus(), $found), "$name $key $label");

        return (float) $found[1];
    }

    private static function number(mixed $value): float
    {
        self::assertIsNumeric($value);

        return (float) $value;
    }

    private static function assertBetween(float $from, float $value, float $to): void
    {
        self::assertGreaterThanOrEqual($from, $value);
        self::assertLessThanOrEqual($to, $value);
    }

    /** @param callable(): bool $holds */
    private function until(callable $holds): void
    {
        for ($until = microtime(true) + self::PATIENCE; !$holds();) {
            self::assertLessThan($until, microtime(true), 'waited in vain');
            $this->manager->tickAll(20);
        }
    }
}
