<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Packaging;

use PHPUnit\Framework\TestCase;

/** The manifests say the same of the extension, and what PIE and pecl ask of them: docs/extension-maintainers.md of PIE 1.4 has its rules. */
final class ManifestTest extends TestCase
{
    private const string PROJECT = __DIR__ . '/../../..';

    public function test_pie_takes_the_manifest_of_the_extension(): void
    {
        $manifest = self::json('packaging/composer.json');
        self::assertSame('php-ext', $manifest['type']);
        self::assertNotSame(self::json('composer.json')['name'], $manifest['name'], 'PIE refuses a name that a library has');
        self::assertSame(['php'], array_keys((array) $manifest['require']), 'PIE cannot install libraries');

        $extension = $manifest['php-ext'];
        self::assertIsArray($extension);
        $known = ['extension-name', 'priority', 'support-zts', 'support-nts', 'build-path', 'download-url-method', 'os-families', 'os-families-exclude', 'configure-options'];
        self::assertSame([], array_diff(array_keys($extension), $known));
        self::assertSame('apn_ami', $extension['extension-name']);
        self::assertTrue($extension['support-zts']);
        self::assertTrue($extension['support-nts']);
        self::assertSame(['linux', 'darwin'], $extension['os-families']);
        // The first that there is something for: a prebuilt package, or else the source.
        self::assertSame(['pre-packaged-binary', 'composer-default'], $extension['download-url-method']);
    }

    public function test_every_option_that_pie_and_pecl_pass_on_is_one_of_configure_and_the_other_way_round(): void
    {
        preg_match_all('/AS_HELP_STRING\(\[--([a-z-]+)(=\w+)?\]/', self::text('packaging/config.m4'), $help, PREG_SET_ORDER);
        $options = [];
        foreach ($help as $option) {
            $options[$option[1]] = isset($option[2]);
        }
        // phpize enables what it builds.
        unset($options['enable-apn-ami']);

        $extension = self::json('packaging/composer.json')['php-ext'];
        self::assertIsArray($extension);
        $ofPie = [];
        foreach ((array) $extension['configure-options'] as $option) {
            self::assertIsArray($option);
            self::assertIsString($option['name']);
            self::assertMatchesRegularExpression('/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/', $option['name']);
            self::assertNotEmpty($option['description']);
            $ofPie[$option['name']] = $option['needs-value'] ?? false;
        }
        self::assertEqualsCanonicalizing($options, $ofPie);

        preg_match_all('/<configureoption name="([^"]+)"/', self::text('packaging/package.xml.in'), $ofPecl);
        self::assertNotEmpty($ofPecl[1]);
        self::assertSame([], array_diff($ofPecl[1], array_keys($options)));
    }

    public function test_every_manifest_asks_for_the_same_php(): void
    {
        self::assertSame(['php' => '>=8.4'], self::json('packaging/composer.json')['require']);
        self::assertArrayHasKey('php', (array) self::json('composer.json')['require']);
        self::assertSame('>=8.4', ((array) self::json('composer.json')['require'])['php']);
        self::assertStringContainsString('<min>8.4.0</min>', self::text('packaging/package.xml.in'));
        self::assertStringContainsString('-lt 80400', self::text('packaging/config.m4'));
    }

    public function test_the_manual_names_the_rust_that_cargo_asks_for(): void
    {
        self::assertSame(1, preg_match('/^rust-version = "([0-9.]+)"/m', self::text('Cargo.toml'), $rust));
        self::assertStringContainsString("Rust $rust[1] or newer", self::text('docs/installing.md'));
        self::assertStringContainsString("cargo (>= $rust[1])", self::text('packaging/debian/control'));
    }

    public function test_composer_says_what_the_library_is_missing_without_the_extension(): void
    {
        self::assertSame('*', ((array) self::json('composer.json')['require'])['ext-apn_ami'] ?? null);
    }

    /** @return array<array-key, mixed> */
    private static function json(string $file): array
    {
        $decoded = json_decode(self::text($file), true, flags: JSON_THROW_ON_ERROR);
        self::assertIsArray($decoded);

        return $decoded;
    }

    private static function text(string $file): string
    {
        return (string) file_get_contents(self::PROJECT . '/' . $file);
    }
}
