<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PHPUnit\Framework\TestCase;

/** docs/exceptions.md has every exception of the extension, with its getters, cause and cure. */
final class ExceptionsTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    public function test_every_exception_has_a_place_in_the_tree_with_its_getters(): void
    {
        self::assertSame(1, preg_match('/```text\n(.*?)```/s', $this->page(), $tree));
        foreach ($this->exceptions() as $name => $source) {
            self::assertSame(1, preg_match("/^[^\w\n]*$name\b(.*)$/m", $tree[1], $line), "$name is not in the tree");
            preg_match_all('/public function (\w+)\(/', $source, $methods);
            $getters = array_values(array_diff($methods[1], ['__construct']));
            preg_match_all('/(\w+)\(\)/', $line[1], $shown);
            self::assertEqualsCanonicalizing($getters, $shown[1], $name);
        }
    }

    public function test_the_tree_says_what_extends_what(): void
    {
        preg_match('/```text\n(.*?)```/s', $this->page(), $tree);
        $above = [];
        foreach (explode("\n", trim($tree[1] ?? '')) as $line) {
            self::assertSame(1, preg_match('/^([^\w]*)(\w+)/u', $line, $found));
            $depth = intdiv(mb_strlen($found[1]), 4);
            $above[$depth] = $found[2];
            $source = $this->exceptions()[$found[2]] ?? null;
            if ($source !== null) {
                self::assertSame(1, preg_match('/extends \\\\?(\w+)/', $source, $parent));
                self::assertSame($above[$depth - 1], $parent[1], $found[2]);
            }
        }
    }

    public function test_every_exception_that_is_thrown_has_cause_and_cure(): void
    {
        preg_match_all('/^\| `(\w+)` \| (.+?) \| (.*?) \|$/m', $this->page(), $rows, PREG_SET_ORDER);
        $told = array_column($rows, 2, 1);
        $cured = array_column($rows, 3, 1);
        foreach (array_keys($this->exceptions()) as $name) {
            if ($name === 'ActionException') {
                continue; // is never thrown itself
            }
            self::assertArrayHasKey($name, $told, "$name has no row");
            self::assertGreaterThan(20, \strlen($told[$name]), "$name has no cause");
            self::assertNotSame('', $cured[$name], "$name has no cure");
        }
    }

    public function test_so_has_every_exception_of_the_library_that_applications_meet(): void
    {
        preg_match_all('/^\| (`[^|]+`) \| ([^|]{20,}) \| ([^|]{5,}) \|$/m', explode("\n## Of the library\n", $this->page())[1] ?? '', $rows);
        $told = implode(' ', $rows[1]);
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(self::ROOT . '/php', \FilesystemIterator::SKIP_DOTS));
        $found = 0;
        foreach ($files as $file) {
            self::assertInstanceOf(\SplFileInfo::class, $file);
            $class = str_replace('/', '\\', substr($file->getPathname(), \strlen(self::ROOT . '/php/'), -\strlen('.php')));
            // What Redis answered is dealt with where it was asked.
            if (str_ends_with($class, 'Exception') && $class !== 'Laravel\Redis\RedisErrorException') {
                self::assertStringContainsString("`$class`", $told);
                $found++;
            }
        }
        self::assertGreaterThan(10, $found);
    }

    /** @return array<string, string> sources by name */
    private function exceptions(): array
    {
        $files = glob(self::ROOT . '/stubs/*Exception.php');
        self::assertIsArray($files);
        $sources = [];
        foreach ($files as $file) {
            if (basename($file) !== 'AmiException.php') {
                $sources[basename($file, '.php')] = (string) file_get_contents($file);
            }
        }
        self::assertGreaterThan(15, \count($sources));

        return $sources;
    }

    private function page(): string
    {
        return (string) file_get_contents(self::ROOT . '/docs/exceptions.md');
    }
}
