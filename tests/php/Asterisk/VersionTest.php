<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\VersionedAction;
use PHPUnit\Framework\Attributes\DataProvider;

final class VersionTest extends AsteriskTestCase
{
    #[DataProvider('versions')]
    public function test_a_server_says_its_version_where_the_user_may_know_it(string $version): void
    {
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        self::assertNull($client->asteriskVersion(), 'it is asked now');
        self::tickUntil($manager, static fn(): bool => $client->asteriskVersion() !== null, 5.0, 'the version');
        self::assertStringStartsWith("$version.", (string) $client->asteriskVersion());

        $manager = $this->manager($version, ['username' => 'ro', 'secret' => 'rosecret', 'events' => ['call']]);
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        self::assertNull($client->asteriskVersion());
        $client->call(new GenericAction('Ping'));
        $client->call(new GenericAction('Ping'));
        self::assertNull($client->asteriskVersion());
    }

    #[DataProvider('versions')]
    public function test_an_action_that_was_removed_is_sent_only_where_it_is(string $version): void
    {
        $client = $this->client($version);
        if ($version === '22') {
            $this->expectException(ActionSendFailedException::class);
            $this->expectExceptionMessage('Asterisk 22 does not have SIPpeers (removed in 21)');
        }
        $list = $client->send(self::versioned('SIPpeers', [], '21'));
        self::assertSame('start', $list->await(5_000)->get('EventList'));
    }

    /** The banner does not tell 22.10 from 22.11, so the first one is sent and refused by the server. */
    #[DataProvider('versions')]
    public function test_an_action_of_a_later_release_is_refused_once_the_version_is_known(string $version): void
    {
        $client = $this->client($version);
        $action = self::versioned('NoSuchAction', ["$version.99.0"]);
        try {
            $client->call($action);
            self::fail('it was answered');
        } catch (ActionErrorResponseException) {
            // Sending it made the client ask.
        }
        $client->call(new GenericAction('Ping'));
        $this->expectException(ActionSendFailedException::class);
        $this->expectExceptionMessage("Asterisk {$client->asteriskVersion()} does not have NoSuchAction (since $version.99.0)");
        $client->send($action);
    }

    /** @param list<string> $since */
    private static function versioned(string $name, array $since, ?string $removedIn = null): VersionedAction
    {
        return new readonly class ($name, $since, $removedIn) implements VersionedAction {
            /** @param list<string> $since */
            public function __construct(private string $name, private array $since, private ?string $removedIn) {}

            public function name(): string
            {
                return $this->name;
            }

            public function headers(): array
            {
                return [];
            }

            public function completionStrategy(): ?CompletionStrategy
            {
                return null;
            }

            public function since(): array
            {
                return $this->since;
            }

            public function removedIn(): ?string
            {
                return $this->removedIn;
            }
        };
    }
}
