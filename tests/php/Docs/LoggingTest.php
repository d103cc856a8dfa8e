<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PHPUnit\Framework\TestCase;

/** What docs/logging.md says of the records that PHP code of this library makes. Those of the extension are compared in Rust. */
final class LoggingTest extends TestCase
{
    private const string PROJECT = __DIR__ . '/../../..';

    public function test_the_manual_lists_every_record_of_the_worker_and_no_other(): void
    {
        $source = (string) file_get_contents(self::PROJECT . '/php/Worker/Listener.php');
        preg_match_all('/logger\?->(\w+)\(\'([^\']+)\', \[(.*?)\]\)/', $source, $records, PREG_SET_ORDER);
        self::assertCount(substr_count($source, 'logger?->'), $records, 'each is written so that it is found here');
        $expected = array_map(static function (array $record): string {
            preg_match_all('/\'(\w+)\' =>/', $record[3], $fields);

            return "| $record[1] | `$record[2]` | `" . implode('`, `', $fields[1]) . '` |';
        }, $records);
        self::assertSame(1, preg_match('/<!-- worker -->(.*)<!-- end of worker -->/s', $this->manual(), $table));
        self::assertSame($expected, \array_slice(explode("\n", trim($table[1])), 2));
    }

    public function test_no_other_file_writes_records_that_the_manual_does_not_know(): void
    {
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(self::PROJECT . '/php', \FilesystemIterator::SKIP_DOTS));
        foreach ($files as $file) {
            self::assertInstanceOf(\SplFileInfo::class, $file);
            $path = $file->getPathname();
            $source = (string) file_get_contents($path);
            $isLogger = str_contains($path, '/php/Log/');
            if ($isLogger) {
                preg_match_all('/\'(log lines [^\']+)\'/', $source, $messages);
                foreach ($messages[1] as $message) {
                    self::assertStringContainsString("`$message`", $this->manual());
                }
            } elseif (basename($path) !== 'Listener.php') {
                self::assertDoesNotMatchRegularExpression('/logger\??->(log|debug|info|notice|warning|error|critical)\(/i', $source, $path);
            }
        }
    }

    private function manual(): string
    {
        return (string) file_get_contents(self::PROJECT . '/docs/logging.md');
    }
}
