<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges;

use Apn\AmiClient\Bridge\EventPayload;
use Apn\AmiClient\Laravel\Bridges\RedisPublish;
use Apn\AmiClient\Laravel\Bridges\RedisStreams;
use Apn\AmiClient\Laravel\Streams\Consumer;
use Apn\AmiClient\Laravel\Streams\ConsumerOptions;
use Apn\AmiClient\Laravel\Streams\Group;
use Apn\AmiClient\Tests\Support\RedisServer;
use PHPUnit\Framework\Attributes\DataProvider;

/** A cluster of one node: it asks for the same of a client as one of many, but redirects nobody. */
#[\PHPUnit\Framework\Attributes\Group('slow')]
final class RedisClusterTest extends RedisTestCase
{
    #[DataProvider('clients')]
    public function test_streams_and_channels_work_in_a_cluster(string $client): void
    {
        $server = RedisServer::start(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port', (string) RedisServer::freePort()]);
        $redis = $server->client();
        $redis->rawcommand('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
        self::until(static fn(): bool => str_contains((string) json_encode($redis->rawcommand('CLUSTER', 'INFO')), 'cluster_state:ok'), 'the cluster is ready');
        $link = self::link($client, redis: [
            'default' => null,
            'options' => ['prefix' => self::PREFIX, 'cluster' => 'redis'],
            'clusters' => ['default' => [['host' => '127.0.0.1', 'port' => $server->port]]],
        ]);

        self::assertSame(3, (new RedisStreams($link, 'ami:{server}', 1_000))->deliver([self::payload('A'), self::payload('B', 'pbx2'), self::payload('C')]));
        self::assertSame(1, (new RedisPublish($link, 'ami:{event}'))->deliver(self::payloads('A')));
        $handled = [];
        foreach (['ami:pbx1', 'ami:pbx2'] as $stream) {
            (new Consumer(
                new Group($link, [$stream], 'g', 'c'),
                static function (EventPayload $payload) use (&$handled): void {
                    $handled[] = $payload->name;
                },
                new ConsumerOptions(once: true, maxSeconds: 30),
            ))->run();
        }
        self::assertSame(['A', 'C', 'B'], $handled);
    }
}
