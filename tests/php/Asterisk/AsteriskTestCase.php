<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\Actions\CoreShowChannels;
use Apn\AmiClient\Actions\Hangup;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Tests\Support\Mode;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;
use Psr\Log\LoggerInterface;

/**
 * Tests against the real servers that ASTERISK_22 and ASTERISK_16 (host:port) name, configured like tests/asterisk/conf.
 */
#[RequiresPhpExtension('apn_ami')]
abstract class AsteriskTestCase extends TestCase
{
    /** @var list<AmiClientManager> */
    private array $managers = [];

    protected function tearDown(): void
    {
        foreach ($this->managers as $manager) {
            $manager->terminate();
        }
        $this->managers = [];
    }

    /** @return iterable<string, array{string}> */
    public static function versions(): iterable
    {
        yield 'Asterisk 22' => ['22'];
        yield 'Asterisk 16' => ['16'];
    }

    /** The host:port of a server; skips the test where there is none. */
    protected static function address(string $version): string
    {
        $address = (string) getenv("ASTERISK_$version");
        if ($address === '') {
            self::markTestSkipped("there is no Asterisk $version: ASTERISK_$version is not set");
        }

        return $address;
    }

    /**
     * @param array<string, mixed> $server settings of the server that differ
     * @param array<string, mixed> $options
     */
    protected function manager(string $version, array $server = [], array $options = [], ?LoggerInterface $logger = null): AmiClientManager
    {
        [$host, $port] = explode(':', self::address($version));
        $manager = AmiClientManager::fromConfig([
            'servers' => ['pbx' => $server + ['host' => $host, 'port' => $port, 'username' => 'dialer', 'secret' => 's3cret']],
            'options' => $options + Mode::options(),
        ], $logger);
        $this->managers[] = $manager;

        return $manager;
    }

    /** @param array<string, mixed> $server settings of the server that differ */
    protected function client(string $version, array $server = []): AmiClient
    {
        return $this->manager($version, $server)->server('pbx')->waitUntilReady(15_000);
    }

    /** @param callable(): bool $isDone */
    protected static function tickUntil(AmiClientManager $manager, callable $isDone, float $seconds, string $what): void
    {
        $deadline = microtime(true) + $seconds;
        while (!$isDone()) {
            if (microtime(true) > $deadline) {
                self::fail("not within $seconds s: $what");
            }
            $manager->tickAll(20);
        }
    }

    /** Ends the calls that make a load of events: they go on without us, and would disturb others. */
    protected function endFloods(string $version): void
    {
        // A session without events does not hear them.
        $client = $this->manager($version, ['events' => 'off'])->server('pbx')->waitUntilReady(15_000);
        for ($end = microtime(true) + 20; self::hasFlood($client) && microtime(true) < $end;) {
            $client->send(Hangup::channelsMatching('^Local/5000@'))->await(5_000);
        }
    }

    private static function hasFlood(AmiClient $client): bool
    {
        $channels = $client->send(new CoreShowChannels());
        $channels->await(5_000);

        return array_any($channels->events(), static fn(AmiEvent $event): bool => str_starts_with($event->get('Channel') ?? '', 'Local/5000@'));
    }

    /** @param array<string, string|int|list<string>> $more */
    protected static function originate(string $extension, array $more = []): GenericAction
    {
        return new GenericAction('Originate', $more + [
            'Channel' => "Local/$extension@default", 'Context' => 'default', 'Exten' => '1000', 'Priority' => 1, 'Timeout' => 10_000,
        ]);
    }

    /** A frame without its ActionID, as RawSession::answer() gives it. */
    protected static function bare(string $frame): string
    {
        return RawSession::without($frame, 'ActionID');
    }
}
