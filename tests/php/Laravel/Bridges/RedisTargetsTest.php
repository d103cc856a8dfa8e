<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Bridge\Outbox;
use Apn\AmiClient\Bridge\OutboxOptions;
use Apn\AmiClient\Bridge\PayloadKind;
use Apn\AmiClient\Laravel\Bridges\RedisPublish;
use Apn\AmiClient\Laravel\Bridges\RedisStreams;
use Apn\AmiClient\Laravel\Redis\RedisErrorException;
use Apn\AmiClient\Tests\Support\MemoryLogger;
use Apn\AmiClient\Tests\Support\RedisServer;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;

#[Group('slow')]
final class RedisTargetsTest extends RedisTestCase
{
    #[DataProvider('clients')]
    public function test_events_are_in_the_stream_of_their_server_as_they_were(string $client): void
    {
        $target = new RedisStreams(self::link($client), 'ami:{server}', 1_000);
        $payloads = [self::payload('A', further: "\r\nName: \xff\r\nQuote: \"x\""), self::payload('B', 'pbx2'), self::payload('C')];

        self::assertSame(3, $target->deliver($payloads));
        self::assertSame(1, $target->deliver([$payloads[1]]));
        [$first, $third] = self::inStream('app:ami:pbx1');
        self::assertSame([$payloads[0]->id, $payloads[0]->headers], [$first->id, $first->headers]);
        self::assertSame($payloads[2]->id, $third->id);
        self::assertSame([$payloads[1]->id, $payloads[1]->id], array_column(self::inStream('app:ami:pbx2'), 'id'), 'sent again, it is seen to be the same');
    }

    #[DataProvider('clients')]
    public function test_a_stream_is_trimmed(string $client): void
    {
        $target = new RedisStreams(self::link($client), 's', 100);
        for ($round = 0; $round < 10; $round++) {
            $target->deliver(self::payloads('A', ...array_fill(0, 99, 'A')));
        }
        $length = self::server()->client()->xlen('app:s');

        self::assertGreaterThanOrEqual(100, $length);
        self::assertLessThanOrEqual(300, $length, 'about, by whole nodes of a hundred');
    }

    #[DataProvider('clients')]
    public function test_events_are_published_under_the_names_that_the_pattern_makes(string $client): void
    {
        $socket = stream_socket_client('tcp://127.0.0.1:' . self::server()->port);
        self::assertNotFalse($socket);
        stream_set_timeout($socket, 20);
        fwrite($socket, "PSUBSCRIBE app:ami:*\r\n");
        $lines = static fn(int $count): array => array_map(static fn(): string => rtrim((string) fgets($socket)), range(1, $count));
        $lines(6);

        self::assertSame(1, (new RedisPublish(self::link($client), 'ami:{server}:{event}'))->deliver([$payload = self::payload('Hangup')]));
        $message = $lines(9);
        self::assertSame('app:ami:pbx1:Hangup', $message[6]);
        self::assertSame($payload->toJson(), $message[8]);
        self::assertSame(2, (new RedisPublish(self::link($client), 'x'))->deliver(self::payloads('A', 'B')), 'nobody listens: that is no failure');
    }

    #[DataProvider('clients')]
    public function test_what_redis_refuses_is_its_own_words_and_is_tried_again(string $client): void
    {
        self::server()->client()->set('app:bad', 'a string');
        $target = new RedisStreams(self::link($client), '{server}', 0);

        self::assertSame(1, $target->deliver([self::payload('A', 'good'), self::payload('B', 'bad'), self::payload('C', 'good')]), 'one before it');
        try {
            $target->deliver([self::payload('B', 'bad'), self::payload('C', 'good')]);
            self::fail('was taken');
        } catch (RedisErrorException $exception) {
            self::assertTrue($exception->is('WRONGTYPE'));
        }
        self::server()->client()->del('app:bad');
        self::assertSame(1, $target->deliver([self::payload('B', 'bad')]), 'the same connection');
    }

    #[DataProvider('clients')]
    public function test_a_full_redis_is_a_failure_that_passes(string $client): void
    {
        $outbox = new Outbox('streams', new RedisStreams(self::link($client), 's', 0), new OutboxOptions(retryMs: 1, retryMaxMs: 1));
        $redis = self::server()->client();
        $redis->rawcommand('CONFIG', 'SET', 'maxmemory', '1');
        try {
            $outbox->offer(self::payload('A'));
            $outbox->offer(self::payload('B'));
            $outbox->poll();
            self::assertTrue($outbox->stats()['failing']);
            self::assertSame(2, $outbox->stats()['waiting']);
        } finally {
            $redis->rawcommand('CONFIG', 'SET', 'maxmemory', '0');
        }
        self::until(static fn(): bool => $outbox->poll() === null, 'the outbox is empty');
        self::assertSame(['A', 'B'], array_column(self::inStream('app:s'), 'name'));
    }

    #[DataProvider('clients')]
    public function test_a_redis_that_is_a_replica_now_is_looked_for_anew(string $client): void
    {
        $link = self::link($client);
        $before = $link->call('', ['CLIENT', 'ID']);
        // As after a failover: its name leads to another one by now, and the connection to this one stays open.
        self::server()->client()->rawcommand('REPLICAOF', '127.0.0.1', '1');
        try {
            foreach ([1, 3] as $count) {
                try {
                    (new RedisStreams($link, 's', 0))->deliver(self::payloads(...array_fill(0, $count, 'A')));
                    self::fail('a replica took it');
                } catch (RedisErrorException $exception) {
                    self::assertTrue($exception->is('READONLY'), $exception->getMessage());
                }
                $now = $link->call('', ['CLIENT', 'ID']);
                self::assertNotSame($before, $now);
                $before = $now;
            }
        } finally {
            self::server()->client()->rawcommand('REPLICAOF', 'NO', 'ONE');
        }
    }

    #[DataProvider('clients')]
    public function test_serializers_and_own_timeouts_of_the_application_do_not_matter(string $client): void
    {
        $link = self::link($client, redis: [
            'options' => ['prefix' => self::PREFIX, 'serializer' => \Redis::SERIALIZER_PHP, 'timeout' => 60, 'read_timeout' => 60],
            'default' => ['url' => 'redis://127.0.0.1:' . self::server()->port . '?timeout=60', 'read_timeout' => -1, 'persistent' => true],
        ]);
        (new RedisStreams($link, 's', 0))->deliver(self::payloads('A'));

        self::assertSame(['A'], array_column(self::inStream('app:s'), 'name'));
    }

    /** Every event that was offered is in the stream, or told there as lost; and none is told that is there. */
    #[DataProvider('clients')]
    public function test_everything_is_accounted_for_while_redis_is_killed_and_started_again(string $client): void
    {
        $server = RedisServer::start();
        $link = self::link($client, 0.5, ['default' => ['host' => '127.0.0.1', 'port' => $server->port]]);
        $logger = new MemoryLogger();
        $outbox = new Outbox('streams', new RedisStreams($link, 's', 0), new OutboxOptions(buffer: 500, batch: 50, retryMs: 5, retryMaxMs: 20), true, $logger);
        $sent = [];
        $offer = function (int $count) use ($outbox, &$sent): void {
            for ($number = 0; $number < $count; $number++) {
                $outbox->offer($payload = self::payload($number % 3 === 0 ? 'Hangup' : 'Newchannel'));
                $sent[$payload->id] = $payload->name;
                if ($number % 20 === 0) {
                    $outbox->poll();
                }
            }
        };
        foreach ([300, 2_000, 100] as $whileDown) {
            $offer(1_000);
            $server->kill();
            $offer($whileDown);
            self::assertTrue($outbox->stats()['failing']);
            $server->restart();
            self::until(static fn(): bool => $outbox->poll() === null, 'the backlog is worked off');
        }

        $found = [];
        $told = [];
        foreach ((array) $server->client()->xrange('app:s', '-', '+') as $fields) {
            self::assertIsArray($fields);
            self::assertIsString($fields['payload']);
            $payload = EventPayload::fromJson($fields['payload']);
            if ($payload->kind === PayloadKind::Event) {
                $found[$payload->id] = $payload->name;
            } else {
                $told[$payload->id] = $payload->droppedEvents();
            }
        }
        $lost = array_count_values(array_diff_key($sent, $found));
        $counted = array_count_values(array_merge(...array_map(static fn(array $counts): array => array_merge(...array_map(
            static fn(int|string $name, int $count): array => array_fill(0, $count, (string) $name),
            array_keys($counts),
            $counts,
        )), array_values($told))));
        ksort($lost);
        ksort($counted);
        self::assertSame([], array_diff_key($found, $sent));
        self::assertSame($lost, $counted);
        self::assertGreaterThan(1_000, array_sum($lost), 'the buffer was smaller than what came');
        $stats = $outbox->stats();
        self::assertCount(5_400, $sent);
        self::assertSame([\count($sent), array_sum($lost), 0], [$stats['taken'], $stats['dropped'], $stats['waiting']]);
        self::assertSame(\count($sent), $stats['delivered'] + $stats['dropped']);
        self::assertSame(3, array_count_values($logger->messages())['a bridge delivers again']);
    }

    #[DataProvider('clients')]
    public function test_a_redis_that_hangs_is_given_up_and_found_again(string $client): void
    {
        $server = RedisServer::start();
        $outbox = new Outbox('streams', new RedisStreams(self::link($client, 0.05, ['default' => ['host' => '127.0.0.1', 'port' => $server->port]]), 's', 0), new OutboxOptions(retryMs: 1, retryMaxMs: 1));
        $outbox->offer(self::payload('A'));
        $outbox->poll();
        $server->freeze();
        $outbox->offer(self::payload('B'));
        $outbox->poll();
        $outbox->poll();
        self::assertTrue($outbox->stats()['failing']);
        $server->thaw();
        self::until(static fn(): bool => $outbox->poll() === null, 'the outbox is empty');

        $names = [];
        foreach ((array) $server->client()->xrange('app:s', '-', '+') as $fields) {
            self::assertIsArray($fields);
            self::assertIsString($fields['payload']);
            $payload = EventPayload::fromJson($fields['payload']);
            $names[$payload->id] = $payload->name;
        }
        self::assertSame(['A', 'B'], array_values($names), 'it may be there twice, with the same id');
    }
}
