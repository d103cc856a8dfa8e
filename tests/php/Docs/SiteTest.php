<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Tools\Docs\Drawings;
use Apn\AmiClient\Tools\Docs\LaravelConfig;
use Apn\AmiClient\Tools\Docs\Markdown;
use Apn\AmiClient\Tools\Docs\Navigation;
use Apn\AmiClient\Tools\Docs\Reference;
use Apn\AmiClient\Tools\Docs\Site;
use PhpParser\Node\Stmt\ClassMethod;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What ./dev docs builds the site from. */
final class SiteTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    public static function setUpBeforeClass(): void
    {
        $files = glob(self::ROOT . '/tools/docs/src/*.php');
        foreach ($files === false ? [] : $files as $file) {
            require_once $file;
        }
    }

    public function test_every_link_and_anchor_leads_somewhere_and_every_page_has_a_place(): void
    {
        self::assertSame([], (new Site(self::ROOT))->read()->problems);
    }

    public function test_a_link_that_leads_nowhere_is_found(): void
    {
        $root = sys_get_temp_dir() . '/ami-site-' . bin2hex(random_bytes(6));
        foreach (['docs', 'stubs', 'php', 'bench'] as $folder) {
            mkdir("$root/$folder", recursive: true);
        }
        foreach (['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md'] as $page) {
            file_put_contents("$root/$page", "# A page\n");
        }
        file_put_contents("$root/docs/tls.md", "# TLS\n\n[good](../README.md#a-page) [gone](gone.md) [no heading](#nothing)\n\n```sh\n[not a link](x.md)\n```\n");
        file_put_contents("$root/docs/unlisted.md", "# New\n");
        $problems = (new Site($root))->read()->problems;
        exec('rm -r ' . escapeshellarg($root));
        self::assertSame([
            'docs/tls.md links to gone.md, which is not there',
            'tls.md links to #nothing, and no heading is called so',
            'unlisted.md has no place in tools/docs/nav.json',
        ], $problems);
    }

    public function test_the_navigation_leaves_out_what_is_not_there_and_says_what_it_does_not_know(): void
    {
        $navigation = new Navigation(['A' => 'a.md', 'B' => ['C' => 'c.md', '@' => '@reference']], ['a.md', 'd.md'], [['X' => 'x.md']]);
        self::assertSame([['A' => 'a.md'], ['B' => [['X' => 'x.md']]], ['More' => ['d.md']]], $navigation->tree);
        self::assertSame(['c.md'], $navigation->missing);
        self::assertSame(['d.md'], $navigation->unlisted);
    }

    public function test_the_reference_has_every_class_and_method_of_the_stubs_with_what_they_throw(): void
    {
        $reference = new Reference(self::ROOT);
        $pages = $reference->pages();
        $stubs = glob(self::ROOT . '/stubs/*.php');
        self::assertIsArray($stubs);
        foreach ($stubs as $stub) {
            $class = basename($stub, '.php');
            self::assertArrayHasKey("reference/$class.md", $pages);
            $page = $pages["reference/$class.md"];
            self::assertStringContainsString("[`$class`]($class.md)", $pages['reference/index.md']);
            $source = $reference->sources[Reference::ROOT . $class];
            foreach ($source->node->getMethods() as $method) {
                if ($method->isPublic()) {
                    self::assertStringContainsString("{ #{$method->name} }", $page);
                    self::assertSame(self::tags($method, '@throws'), self::listed($page, $method), "$class::{$method->name}()");
                }
            }
        }
        self::assertGreaterThan(\count($stubs), \count($pages));
    }

    public function test_laravels_configuration_is_shown_with_defaults_ranges_and_effects(): void
    {
        if (!\function_exists('env')) {
            self::markTestSkipped('Laravel is not installed');
        }
        $page = (string) (new LaravelConfig(self::ROOT))->page();
        self::assertStringContainsString("| `ami-client.listen.io` | `'background'` | inline, background | ", $page);
        self::assertStringContainsString('| `ami-client.listen.tick_timeout_ms` | `100` | 0 to 250 | ', $page);
        self::assertStringContainsString('*Environment:* `AMI_GATEWAY`', $page);
        preg_match_all('/^\| `ami-client\.(\S+)` \| .* \|(.*)\|$/m', $page, $rows, PREG_SET_ORDER);
        self::assertGreaterThan(40, \count($rows));
        foreach ($rows as [, $key, $effect]) {
            // A section of one key says what that is, and so does the table of a server.
            if (str_contains($key, '.') && !str_starts_with($key, 'servers.')) {
                self::assertNotSame('', trim($effect), "$key has no effect: what does its comment say?");
            }
        }
    }

    /** @return array<string, array{string, string}> */
    public static function lists(): array
    {
        return [
            'a list needs a blank line' => ["text\n- a\n- b\n", "text\n\n- a\n- b\n"],
            'what belongs to an item stands four spaces in' => ["- a\n  b\n\n  c\n", "- a\n    b\n\n    c\n"],
            'code within an item too' => ["1. a\n\n   ```sh\n   x\n   ```\n", "1. a\n\n    ```sh\n    x\n    ```\n"],
            'code is left alone' => ["```text\na\n- b\n  c\n```\n", "```text\na\n- b\n  c\n```\n"],
            'what follows a list is no part of it' => ["- a\n\nb\n  c\n", "- a\n\nb\n  c\n"],
        ];
    }

    #[DataProvider('lists')]
    public function test_lists_are_written_as_the_site_reads_them(string $given, string $expected): void
    {
        self::assertSame($expected, (new Markdown($given))->forSite()->text);
    }

    public function test_the_drawings_are_those_of_the_program(): void
    {
        $drawings = Drawings::all();
        foreach ($drawings as $name => $svg) {
            self::assertStringEqualsFile(self::ROOT . "/docs/images/drawings/$name", $svg, 'run tools/docs/draw');
            self::assertNotFalse(simplexml_load_string($svg));
        }
        self::assertCount(\count($drawings), (array) glob(self::ROOT . '/docs/images/drawings/*'));
    }

    /** @return int how many there are */
    private static function tags(ClassMethod $method, string $tag): int
    {
        return substr_count((string) $method->getDocComment()?->getText(), "* $tag ");
    }

    /** How many exceptions the page lists for a method. */
    private static function listed(string $page, ClassMethod $method): int
    {
        $part = explode("{ #{$method->name} }", $page)[1];
        $part = explode("\n### ", explode("\n## ", $part)[0])[0];
        $throws = explode('**Throws**', $part)[1] ?? '';

        return substr_count($throws, "\n- ");
    }
}
