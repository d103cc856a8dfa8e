<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PhpParser\Node\Arg;
use PhpParser\Node\Expr\Array_;
use PhpParser\Node\Expr\MethodCall;
use PhpParser\Node\Expr\NullsafeMethodCall;
use PhpParser\Node\Expr\PropertyFetch;
use PhpParser\Node\Identifier;
use PhpParser\Node\Scalar\String_;
use PhpParser\NodeFinder;
use PhpParser\ParserFactory;
use PHPUnit\Framework\TestCase;

/**
 * What docs/logging.md says of the records that PHP code of this library makes. Those of the extension are compared in Rust.
 *
 * UPDATE_DOCS=1 vendor/bin/phpunit tests/php/Docs/LoggingTest.php writes the table.
 */
final class LoggingTest extends TestCase
{
    private const string PROJECT = __DIR__ . '/../../..';

    private const string TABLE = '/(<!-- worker -->\n\n).*(\n<!-- end of worker -->)/s';

    private const array LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical'];

    /** Methods that hand a message on to a logger, and at which level. */
    private const array HELPERS = ['add' => 'error', 'count' => 'warning', 'trouble' => 'warning', 'logFailure' => 'warning'];

    /** Whose a record is, by where its code is. */
    private const array AREAS = [
        'Bridge/' => 'bridges',
        'Gateway/' => 'gateway',
        'Laravel/Bridges/' => 'bridges',
        'Laravel/Console/' => '`ami:listen`',
        'Laravel/Standby/' => 'standby',
        'Laravel/Streams/' => '`ami:consume`',
        'Worker/' => 'worker',
    ];

    public function test_the_manual_lists_every_record_of_the_library_and_no_other(): void
    {
        $table = "| of | level | message | fields |\n|---|---|---|---|\n" . implode("\n", $this->records()) . "\n";
        $file = self::PROJECT . '/docs/logging.md';
        if (getenv('UPDATE_DOCS') === '1') {
            file_put_contents($file, preg_replace_callback(self::TABLE, static fn(array $found): string => $found[1] . $table . $found[2], $this->manual()));
        }
        self::assertSame(1, preg_match(self::TABLE, $this->manual(), $found));
        self::assertSame($found[1] . $table . $found[2], $found[0]);
    }

    public function test_what_loggers_say_of_themselves_is_in_the_manual(): void
    {
        foreach ((array) glob(self::PROJECT . '/php/Log/*.php') as $file) {
            preg_match_all('/\'(log lines [^\']+)\'/', (string) file_get_contents((string) $file), $messages);
            foreach ($messages[1] as $message) {
                self::assertStringContainsString("`$message`", $this->manual());
            }
        }
    }

    /** @return list<string> rows of the table */
    private function records(): array
    {
        $rows = [];
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(self::PROJECT . '/php', \FilesystemIterator::SKIP_DOTS));
        foreach ($files as $file) {
            self::assertInstanceOf(\SplFileInfo::class, $file);
            $path = substr($file->getPathname(), \strlen(self::PROJECT . '/php/'));
            $source = (string) file_get_contents($file->getPathname());
            if (str_starts_with($path, 'Log/') || preg_match('/logger|complaints/i', $source) !== 1) {
                continue;
            }
            $tree = (new ParserFactory())->createForHostVersion()->parse($source) ?? [];
            foreach ((new NodeFinder())->find($tree, static fn($node): bool => $node instanceof MethodCall || $node instanceof NullsafeMethodCall) as $call) {
                \assert($call instanceof MethodCall || $call instanceof NullsafeMethodCall);
                $row = $this->row($path, $call);
                if ($row !== null) {
                    $rows[] = $row;
                }
            }
        }
        $rows = array_values(array_unique($rows));
        sort($rows);

        return $rows;
    }

    private function row(string $path, MethodCall|NullsafeMethodCall $call): ?string
    {
        // What a command writes to its terminal.
        if ($call->var instanceof PropertyFetch && $call->var->name instanceof Identifier && $call->var->name->toString() === 'components') {
            return null;
        }
        $method = $call->name instanceof Identifier ? $call->name->toString() : '';
        $arguments = array_values(array_filter($call->args, static fn($argument): bool => $argument instanceof Arg));
        $texts = array_map(static fn(Arg $argument): string => $argument->value instanceof String_ ? $argument->value->value : '', $arguments);
        $level = match (true) {
            \in_array($method, self::LEVELS, true) => $method,
            $method === 'log' => $texts[0] ?? '',
            default => self::HELPERS[$method] ?? '',
        };
        $message = array_find($texts, static fn(string $text): bool => str_contains($text, ' '));
        if (!\in_array($level, self::LEVELS, true) || $message === null) {
            return null;
        }
        $fields = [];
        foreach ($arguments as $argument) {
            foreach ($argument->value instanceof Array_ ? $argument->value->items : [] as $item) {
                if ($item->key instanceof String_) {
                    $fields[] = "`{$item->key->value}`";
                }
            }
        }
        foreach (self::AREAS as $folder => $area) {
            if (str_starts_with($path, $folder)) {
                return "| $area | $level | `$message` | " . implode(', ', $fields) . ' |';
            }
        }
        self::fail("$path writes a record, and is in no area of this test");
    }

    private function manual(): string
    {
        return (string) file_get_contents(self::PROJECT . '/docs/logging.md');
    }
}
