<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Diagnosis\Quieting;
use Apn\AmiClient\Diagnosis\Rate;
use Apn\AmiClient\Diagnosis\Suggestion;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The lines that `ami:top` suggests, in the manager.conf of a server: what they name does not come any more, all else does.
 *
 * Servers of their own, started with the lines in place: a second reload of a manager.conf with a `setvar` in it ends Asterisk.
 */
final class QuietingTest extends AsteriskTestCase
{
    private const string SCRIPT = __DIR__ . '/../../asterisk/asterisk';

    /** The user whose section the filters are in. */
    private const string USER = 'quietened';

    /** What tells of logins, and not of calls. */
    private const array OF_LOGINS = ['FullyBooted', 'SuccessfulAuth'];

    private ?string $name = null;

    /** @var list<string> */
    private array $heard = [];

    /** @var array{host?: string, port?: string} of the server of its own, once there is one */
    private array $at = [];

    protected function tearDown(): void
    {
        parent::tearDown();
        if ($this->name !== null) {
            exec(escapeshellarg(self::SCRIPT) . ' down ' . escapeshellarg($this->name) . ' 2>/dev/null');
        }
    }

    #[DataProvider('versions')]
    public function test_what_the_lines_name_is_held_back_and_nothing_else(string $version): void
    {
        self::address($version);
        if (getenv("ASTERISK_{$version}_NAME") === false) {
            self::markTestSkipped('this needs a server of its own to configure, which only tests/asterisk/asterisk starts');
        }
        $before = $this->eventsOfACall($version);
        // One half is disabled for all, the other one filtered for one user.
        $names = array_keys(array_diff_key($before, ['Hangup' => 0, 'Newchannel' => 0, 'Newstate' => 0, 'OriginateResponse' => 0]));
        [$forAll, $forOne] = array_chunk($names, max(1, intdiv(\count($names) + 1, 2)));
        self::assertContains('VarSet', $names);
        $asteriskVersion = $version === '22' ? '22.10.1' : '16.28.0';
        $this->start($version, $this->suggested($forAll, $asteriskVersion, 'disabledevents'), $this->suggested($forOne, $asteriskVersion, 'eventfilter'));

        $others = $this->eventsOfACall($version);
        self::assertSame(array_diff_key($before, array_flip($forAll)), $others, 'for other users, what is disabled is gone');
        $quietened = $this->eventsOfACall($version, ['username' => self::USER]);
        self::assertSame(array_diff_key($others, array_flip($forOne)), $quietened, 'for this one, what is filtered, too');
        self::assertSame(['Hangup', 'Newchannel', 'Newstate', 'OriginateResponse'], array_keys($quietened));
        self::assertLessThan(array_sum($before) / 3, array_sum($quietened));
    }

    /**
     * @param list<string> $names
     *
     * @return list<string> lines
     */
    private function suggested(array $names, string $version, string $setting): array
    {
        $suggestions = new Quieting(new HeardNames(['Hangup']))->suggest(array_map(static fn(string $name): Rate => new Rate('pbx', $name, 10.0, 5000.0, 10), $names), self::USER, $version);
        $found = array_find($suggestions, static fn(Suggestion $suggestion): bool => str_starts_with($suggestion->lines[0], $setting));
        self::assertNotNull($found);

        return $found->lines;
    }

    /**
     * @param list<string> $general lines of that section
     * @param list<string> $filters lines of the user's
     */
    private function start(string $version, array $general, array $filters): void
    {
        // The script puts it in by sed.
        $lines = addcslashes(implode("\n", [...$general, '[' . self::USER . ']', 'secret = s3cret', 'read = all', 'write = all', ...$filters]), '\\&|');
        exec('ASTERISK_GENERAL=' . escapeshellarg(str_replace("\n", '\n', $lines)) . ' ' . escapeshellarg(self::SCRIPT) . " up $version 2>/dev/null", $said, $status);
        self::assertSame(0, $status);
        parse_str(implode('&', $said), $server);
        self::assertIsString($server["ASTERISK_{$version}_NAME"] ?? null);
        self::assertIsString($server["ASTERISK_$version"] ?? null);
        $this->name = $server["ASTERISK_{$version}_NAME"];
        [$this->at['host'], $this->at['port']] = explode(':', $server["ASTERISK_$version"]);
    }

    /**
     * How often each event comes while a call of a second goes on that nobody else makes.
     *
     * @param array<string, mixed> $server
     *
     * @return array<string, int> by name
     */
    private function eventsOfACall(string $version, array $server = []): array
    {
        $other = $this->client($version, $this->at);
        for ($until = microtime(true) + 40.0; self::hasCalls($other);) {
            self::assertLessThan($until, microtime(true), 'earlier calls end');
            usleep(50_000);
        }
        $manager = $this->manager($version, $server + $this->at);
        $manager->onAnyEvent(function (AmiEvent $event): void {
            $this->heard[] = $event->name;
        });
        $client = $manager->server('pbx')->waitUntilReady(15_000);
        self::rest($manager);
        $this->heard = [];
        $other->send(self::originate('1000'))->await(10_000);
        // It is over once no channel is left.
        for ($until = microtime(true) + 10.0; self::hasCalls($other);) {
            self::assertLessThan($until, microtime(true), 'the call ends');
            $manager->tickAll(20);
        }
        // Cdr and device states come behind the last Hangup.
        self::rest($manager);
        $client->call(new GenericAction('Ping'));
        $manager->terminate();
        $counts = array_count_values(array_diff($this->heard, self::OF_LOGINS));
        ksort($counts);

        return $counts;
    }

    private static function rest(AmiClientManager $manager): void
    {
        for ($until = microtime(true) + 0.3; microtime(true) < $until;) {
            $manager->tickAll(20);
        }
    }

    private static function hasCalls(AmiClient $client): bool
    {
        $list = $client->send(new GenericAction('CoreShowChannels'));
        $list->await(5_000);

        return \count($list->events()) > 1;
    }
}
