<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Examples\Campaign;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

require_once __DIR__ . '/../../../examples/Campaign.php';

final class ManyAtOnceTest extends AsteriskTestCase
{
    private const int ACTIONS = 10_000;

    private const int CALLS = 100;

    private const int IN_FLIGHT = 20;

    #[DataProvider('versions')]
    public function test_ten_thousand_pipelined_actions_are_answered_once_each_and_in_their_order(string $version): void
    {
        $manager = $this->manager($version, ['events' => 'off'], ['max_pending_actions' => self::ACTIONS]);
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        $answered = [];
        for ($number = 0; $number < self::ACTIONS; $number++) {
            $client->send(new GenericAction('Getvar', ['Variable' => "N$number"]))->onComplete(
                static function (?\Throwable $error, ?AmiResponse $response) use (&$answered): void {
                    $answered[] = $error?->getMessage() ?? $response?->get('Variable');
                },
            );
        }
        self::tickUntil($manager, static function () use (&$answered): bool {
            return \count($answered) >= self::ACTIONS;
        }, 30.0, 'all answers');
        $client->call(new GenericAction('Ping'));

        self::assertSame(array_map(static fn(int $number): string => "N$number", range(0, self::ACTIONS - 1)), $answered);
        self::assertSame(0, $manager->metrics()['servers']['pbx']['responses_unmatched']);
    }

    #[DataProvider('versions')]
    public function test_a_dialer_keeps_its_cap_and_hears_of_each_call_once(string $version): void
    {
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        $channels = $results = [];
        $client->onEvent('Newchannel', static function (AmiEvent $event) use (&$channels): void {
            $channels[$event->get('Uniqueid') ?? ''] = ($channels[$event->get('Uniqueid') ?? ''] ?? 0) + 1;
        });
        $client->onEvent('Hangup', static function (AmiEvent $event) use (&$channels): void {
            $channels[$event->get('Uniqueid') ?? ''] = ($channels[$event->get('Uniqueid') ?? ''] ?? 0) - 1;
        });
        $calls = (static function (): \Generator {
            for ($number = 0; $number < self::CALLS; $number++) {
                yield Originate::toApplication('Local/1000@default', 'Wait', '1', timeout: 10_000, channelId: "many-$number");
            }
        })();
        $most = 0;
        $campaign = new Campaign($manager, $calls, 200.0, self::IN_FLIGHT, static function (Originate $call, ?\Throwable $error) use (&$results): void {
            $results[$call->channelId][] = $error?->getMessage();
        });
        self::tickUntil($manager, static function () use ($campaign, &$most, &$channels): bool {
            $campaign->pump();
            $most = max($most, $campaign->inFlight);

            return $campaign->isDone() && array_all($channels, static fn(int $open): bool => $open === 0);
        }, 30.0, 'all calls have ended');

        self::assertLessThanOrEqual(self::IN_FLIGHT, $most);
        self::assertSame(array_fill(0, self::CALLS, [null]), array_values($results));
        // Both halves of each Local channel.
        self::assertCount(2 * self::CALLS, $channels);
    }
}
