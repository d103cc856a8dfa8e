<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Asterisk;

use Apn\AmiClient\Action;
use Apn\AmiClient\ActionErrorResponseException;
use Apn\AmiClient\Actions\ListCommands;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Actions\TypedAction;
use Apn\AmiClient\ActionSendFailedException;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Tests\Unit\Actions\Documented;
use PHPUnit\Framework\Attributes\DataProvider;

/** Every action that a server has, sent once by its class. A table of what came of it goes into the folder EVERY_ACTION. */
final class EveryActionTest extends AsteriskTestCase
{
    /** What arguments are called, and what they may plausibly be: nearly all of it is not there, some is. */
    private const array ARGUMENTS = [
        'agent' => '1001', 'application' => 'NoOp', 'authType' => 'MD5', 'bridgeTechnology' => 'holding_bridge', 'bridgeUniqueid' => 'nosuch', 'cache' => 'nosuch',
        'caller' => 'SIP/nosuch', 'channel' => 'Local/nosuch@default-00000000;1', 'channel1' => 'Local/nosuch@default-00000000;1',
        'channel2' => 'Local/nosuch@default-00000000;2', 'conference' => 'nosuch', 'context' => 'default', 'control' => 'stop', 'destination' => 'nosuch.conf',
        'digit' => '1', 'direction' => 'all', 'endpoint' => '6001', 'event' => 'Nothing', 'eventMask' => 'on', 'exten' => '1000', 'extension' => '9876',
        'family' => 'every', 'file' => 'nosuch', 'filename' => 'nosuch.conf', 'folder' => 'INBOX', 'id' => '1', 'interface' => 'Local/1000@default', 'key' => 'action', 'mailbox' => '1000',
        'message' => 'hello', 'module' => 'res_nosuch.so', 'msgType' => 'D', 'object' => 'nosuch', 'peer' => 'nosuch', 'penalty' => 1, 'priority' => 1, 'provider' => 'CustomPresence:nosuch',
        'queue' => 'support', 'registration' => 'nosuch', 'ringInUse' => true, 'sessionNumber' => 1, 'source' => 'nosuch.conf', 'state' => true, 'timeout' => 1,
        'toContext' => 'default', 'toFolder' => 'Old', 'toMailbox' => '1001', 'username' => 'dialer', 'value' => 'x', 'variables' => ['Event' => 'nothing'], 'variable' => 'EVERY_ACTION',
    ];

    /** What single actions need to be more than a refused one, or to be harmless. */
    private const array FOR_ONE = [
        'AGI' => ['command' => 'VERBOSE hello'],
        'Command' => ['command' => 'core show uptime'],
        'ExtensionState' => ['exten' => '1000', 'context' => 'default'],
        'GetConfig' => ['filename' => 'manager.conf'],
        'GetConfigJSON' => ['filename' => 'queues.conf'],
        'ListCategories' => ['filename' => 'queues.conf'],
        'ModuleCheck' => ['module' => 'res_timing_timerfd.so'],
        'ModuleLoad' => ['loadType' => 'load', 'module' => 'res_nosuch.so'],
        'Originate' => ['channel' => 'Local/1000@default', 'exten' => '1000', 'context' => 'default', 'priority' => 1],
        'PJSIPSetMaintenance' => ['state' => false],
        'QueuePause' => ['interface' => 'Local/nosuch@default', 'paused' => true],
        'Reload' => ['module' => 'res_nosuch.so'],
        'WaitEvent' => ['timeout' => 1],
    ];

    /** Ends its session, and so comes last. */
    private const string LAST = 'logoff';

    #[DataProvider('versions')]
    public function test_every_action_that_a_server_has_ends_with_exactly_one_result(string $version): void
    {
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady();
        $classes = self::classes();
        $names = self::listed($client);
        self::assertGreaterThan(120, \count($names));
        self::assertSame([], array_values(array_diff($names, array_keys($classes))), 'each has a class');

        $client->asteriskVersion();
        $results = [];
        $calls = [];
        $finish = function (string $name, Action $action) use ($client, $manager, &$results, &$calls): void {
            $pending = $client->send($action);
            $began = hrtime(true);
            $pending->onComplete(static function (?\Throwable $error, ?AmiResponse $response, array $events) use ($name, $began, &$results, &$calls): void {
                $calls[$name] = ($calls[$name] ?? 0) + 1;
                $results[$name] = [self::outcome($error, $response, $events), (hrtime(true) - $began) / 1e6];
            });
            self::tickUntil($manager, static fn(): bool => $pending->isComplete(), 15.0, "the end of $name");
        };
        foreach ($names as $name) {
            if ($name !== self::LAST) {
                $finish($classes[$name][0], self::action($classes[$name][1]));
                self::assertSame(ConnectionState::Ready, $client->state(), $name);
            }
        }
        self::assertSame('Pong', $client->call(new Ping())->get('Ping'));
        self::assertSame(ConnectionState::Ready, $client->state());
        $server = (string) $client->asteriskVersion();
        self::assertStringStartsWith("$version.", $server);
        $finish($classes[self::LAST][0], self::action($classes[self::LAST][1]));

        self::assertSame(array_fill_keys(array_keys($results), 1), $calls, 'each ended once');
        self::assertCount(\count($names), $results);
        self::assertSame([], array_filter($results, static fn(array $result): bool => str_starts_with($result[0], 'FAILED')));
        self::assertGreaterThan(10, \count(array_filter($results, static fn(array $result): bool => str_starts_with($result[0], 'list'))));
        self::write($version, $server, $results);
    }

    #[DataProvider('versions')]
    public function test_an_action_that_only_other_versions_have_is_refused_before_it_is_sent(string $version): void
    {
        $manager = $this->manager($version);
        $client = $manager->server('pbx')->waitUntilReady();
        // Which release it is tells more than the banner.
        self::tickUntil($manager, static fn(): bool => $client->asteriskVersion() !== null, 5.0, 'the version');
        $sent = static fn(): mixed => $manager->metrics()['servers']['pbx']['actions_sent'];
        $before = $sent();
        $refused = 0;
        foreach (Documented::classes() as $name => [$class]) {
            if (!isset(Documented::actions($version)[$name])) {
                try {
                    $client->send(Documented::withRequiredArguments($class));
                    self::fail($name);
                } catch (ActionSendFailedException $e) {
                    self::assertSame($name, $e->actionName());
                    self::assertStringContainsString("Asterisk $version.", $e->getMessage());
                    $refused++;
                }
            }
        }
        self::assertGreaterThan(9, $refused);
        self::assertSame($before, $sent());
    }

    /** @return array<string, array{string, class-string<TypedAction>}> by name in lower case, as headers have it */
    private static function classes(): array
    {
        $classes = [];
        foreach (Documented::classes() as $name => [$class]) {
            $classes[strtolower($name)] = [$name, $class];
        }

        return $classes;
    }

    /** @return list<string> */
    private static function listed(AmiClient $client): array
    {
        $headers = array_map(strval(...), array_keys($client->call(new ListCommands())->headers));

        return array_values(array_diff($headers, ['response', 'actionid', 'message']));
    }

    /** @param class-string<TypedAction> $class */
    private static function action(string $class): Action
    {
        $name = substr($class, (int) strrpos($class, '\\') + 1);
        $arguments = self::FOR_ONE[$name] ?? [];
        foreach (new \ReflectionClass($class)->getConstructor()?->getParameters() ?? [] as $parameter) {
            $argument = $parameter->getName();
            if (!$parameter->isOptional() && !\array_key_exists($argument, $arguments)) {
                self::assertArrayHasKey($argument, self::ARGUMENTS, "$name::\$$argument");
                $arguments[$argument] = self::ARGUMENTS[$argument];
            }
        }

        return new $class(...$arguments);
    }

    /** @param list<\Apn\AmiClient\AmiEvent> $events */
    private static function outcome(?\Throwable $error, ?AmiResponse $response, array $events): string
    {
        return match (true) {
            $error instanceof ActionErrorResponseException => 'error: ' . trim(substr($error->getMessage(), (int) strpos($error->getMessage(), ': ') + 2)),
            $error !== null => 'FAILED ' . $error::class . ': ' . $error->getMessage(),
            $events !== [] && $response?->has('EventList') === true => 'list: ' . (\count($events) - 1) . ' items, ' . $events[\count($events) - 1]->name,
            $events !== [] => 'event: ' . $events[\count($events) - 1]->name,
            default => 'answer: ' . $response?->status . rtrim(' ' . $response?->message()),
        };
    }

    /** @param array<string, array{string, float}> $results */
    private static function write(string $version, string $server, array $results): void
    {
        ksort($results);
        $kinds = array_count_values(array_map(static fn(array $result): string => explode(' ', $result[0])[0], $results));
        $table = "Asterisk $server: " . \count($results) . ' actions';
        foreach ($kinds as $kind => $count) {
            $table .= ", $kind $count";
        }
        $table .= "\n\n";
        foreach ($results as $name => [$result, $milliseconds]) {
            $table .= \sprintf("%-44s %8.2f ms  %s\n", $name, $milliseconds, $result);
        }
        $folder = getenv('EVERY_ACTION');
        if (\is_string($folder) && $folder !== '') {
            self::assertNotFalse(file_put_contents("$folder/every-action-$version.txt", $table));
        }
    }
}
