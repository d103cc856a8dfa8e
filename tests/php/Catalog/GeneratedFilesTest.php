<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Catalog;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What tools/ami/generate writes is what is checked in. */
final class GeneratedFilesTest extends TestCase
{
    private const string PROJECT = __DIR__ . '/../../..';

    private string $copy = '';

    protected function tearDown(): void
    {
        if ($this->copy !== '') {
            self::remove($this->copy);
        }
    }

    public function test_what_is_checked_in_is_what_is_generated(): void
    {
        self::assertSame([0, ''], self::generate(self::PROJECT, '--check'));
    }

    /** @return iterable<string, array{string, string}> */
    public static function files(): iterable
    {
        yield 'an action' => ['php/Actions/QueueStatus.php', 'php/Actions/QueueStatus.php is out of date'];
        yield 'the names of events' => ['php/EventName.php', 'php/EventName.php is out of date'];
        yield 'the lists of the core' => ['src/core/catalog/lists.rs', 'src/core/catalog/lists.rs is out of date'];
        yield 'the events of the core' => ['src/core/catalog/events.rs', 'src/core/catalog/events.rs is out of date'];
        yield 'the rights that diagnoses know' => ['php/Diagnosis/Catalog.php', 'php/Diagnosis/Catalog.php is out of date'];
    }

    #[DataProvider('files')]
    public function test_a_file_that_was_changed_by_hand_is_named_and_mended(string $path, string $complaint): void
    {
        $copy = $this->copy();
        file_put_contents("$copy/$path", "\n", FILE_APPEND);
        self::assertSame([1, "$complaint\n./dev generate writes them anew\n"], self::generate($copy, '--check'));
        self::assertSame(0, self::generate($copy)[0]);
        self::assertFileEquals(self::PROJECT . "/$path", "$copy/$path");
    }

    public function test_the_table_of_the_manual_is_generated_and_the_rest_is_not(): void
    {
        $copy = $this->copy();
        $manual = (string) file_get_contents("$copy/docs/actions.md");
        file_put_contents("$copy/docs/actions.md", str_replace('| `Ping` |', '| `Pong` |', "$manual\nMore.\n"));
        self::assertSame(1, self::generate($copy, '--check')[0]);
        self::generate($copy);
        self::assertStringEqualsFile("$copy/docs/actions.md", "$manual\nMore.\n");
    }

    public function test_a_file_that_is_missing_is_named(): void
    {
        $copy = $this->copy();
        unlink("$copy/php/Actions/Ping.php");
        self::assertStringStartsWith("php/Actions/Ping.php is out of date\n", self::generate($copy, '--check')[1]);
    }

    public function test_what_is_generated_no_more_is_named_and_deleted_and_what_people_wrote_stays(): void
    {
        $copy = $this->copy();
        file_put_contents("$copy/php/Actions/Gone.php", (string) file_get_contents("$copy/php/Actions/Ping.php"));
        self::assertStringStartsWith("php/Actions/Gone.php is generated no more\n", self::generate($copy, '--check')[1]);
        self::generate($copy);
        self::assertFileDoesNotExist("$copy/php/Actions/Gone.php");
        self::assertFileExists("$copy/php/Actions/TypedAction.php");
    }

    public function test_a_change_of_the_facts_shows(): void
    {
        $copy = $this->copy();
        $facts = "$copy/tools/ami/asterisk-22.json";
        file_put_contents($facts, str_replace('"13.13.0"', '"13.13.1"', str_replace('"20.4.0"', '"20.4.1"', (string) file_get_contents($facts))));
        [$status, $said] = self::generate($copy, '--check');
        self::assertSame(1, $status);
        self::assertStringContainsString('php/Actions/CoreShowChannelMap.php is out of date', $said);
    }

    private function copy(): string
    {
        $this->copy = sys_get_temp_dir() . '/apn-ami-catalog-' . bin2hex(random_bytes(6));
        foreach (['tools/ami/src', 'tools/ami/tables', 'tools/ami', 'php/Actions', 'php/Diagnosis', 'src/core/catalog', 'docs'] as $folder) {
            @mkdir("$this->copy/$folder", 0o777, true);
            foreach ((array) glob(self::PROJECT . "/$folder/*") as $file) {
                if (is_file((string) $file)) {
                    copy((string) $file, "$this->copy/$folder/" . basename((string) $file));
                }
            }
        }
        copy(self::PROJECT . '/php/EventName.php', "$this->copy/php/EventName.php");

        return $this->copy;
    }

    /** @return array{int, string} status and what was said on the error output */
    private static function generate(string $project, string ...$arguments): array
    {
        $command = [PHP_BINARY, '-n', "$project/tools/ami/generate", ...array_values($arguments)];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        stream_get_contents($pipes[1]);
        $said = (string) stream_get_contents($pipes[2]);

        return [proc_close($process), $said];
    }

    private static function remove(string $path): void
    {
        foreach (is_dir($path) ? array_diff(scandir($path), ['.', '..']) : [] as $entry) {
            self::remove("$path/$entry");
        }
        is_dir($path) ? rmdir($path) : unlink($path);
    }
}
