<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Bench;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Who asks what a benchmark does is told, and waits neither for a build nor for figures. */
final class HelpTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    /** @param list<string> $command */
    #[DataProvider('programs')]
    public function test_a_program_says_how_it_is_called(array $command, string $usage): void
    {
        [$status, $said] = self::execute([...$command, '--help']);
        self::assertSame(0, $status, $said);
        self::assertStringContainsString($usage, $said);
        self::assertStringNotContainsString('processor:', $said, 'what is measured begins with the machine');
    }

    public function test_the_list_has_each_program(): void
    {
        [$status, $said] = self::execute(['bench', '--help']);
        self::assertSame(0, $status, $said);
        foreach (self::names() as $name) {
            self::assertMatchesRegularExpression("/^$name +\S/m", $said);
        }
    }

    /** @return iterable<string, array{list<string>, string}> */
    public static function programs(): iterable
    {
        yield 'soak' => [['soak'], './dev soak [SECONDS]'];
        foreach (self::names() as $name) {
            yield $name => [['bench', $name], "./dev bench $name"];
        }
    }

    /** @return list<string> */
    private static function names(): array
    {
        $files = glob(self::ROOT . '/bench/*.php');

        return array_map(static fn(string $file): string => basename($file, '.php'), $files === false ? [] : $files);
    }

    /**
     * @param list<string> $arguments
     *
     * @return array{int, string}
     */
    private static function execute(array $arguments): array
    {
        // Without cargo nothing can be built by mistake.
        $command = ['sh', '-c', 'exec "$0" "$@" 2>&1', self::ROOT . '/dev', ...$arguments];
        $dev = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes, null, ['PATH' => '/usr/bin:/bin']);
        self::assertIsResource($dev);
        $said = (string) stream_get_contents($pipes[1]);

        return [proc_close($dev), $said];
    }
}
