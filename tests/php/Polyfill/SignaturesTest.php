<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Polyfill;

use Apn\AmiClient\Tests\Support\Described;
use Apn\AmiClient\Tests\Support\Polyfilled;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * The polyfill declares what the stubs do, and those what the extension does: see StubsTest.
 */
final class SignaturesTest extends TestCase
{
    /** How PHP code says what native classes do by their handlers: no clones, no serializing, no further properties, safe dumps. */
    private const array HANDLERS = ['__serialize', '__unserialize', '__set', '__debugInfo'];

    private const string STUBS = __DIR__ . '/../../../stubs/';

    public static function setUpBeforeClass(): void
    {
        Polyfilled::register();
        spl_autoload_register(self::load(...));
    }

    public static function tearDownAfterClass(): void
    {
        spl_autoload_unregister(self::load(...));
    }

    public function test_there_is_a_class_for_each_stub(): void
    {
        self::assertSame(self::stubs(), Polyfilled::names());
    }

    #[DataProvider('classes')]
    public function test_a_class_is_declared_as_its_stub_is(string $name): void
    {
        $declared = array_filter(
            Described::of(Polyfilled::BESIDE . $name),
            static fn(string $line): bool => !array_any(self::HANDLERS, static fn(string $handler): bool => str_contains($line, "function $handler(")),
        );
        self::assertSame(Described::of('Apn\AmiClient\Stubbed\\' . $name), array_values($declared));
    }

    /** @return iterable<string, array{string}> */
    public static function classes(): iterable
    {
        foreach (self::stubs() as $name) {
            yield $name => [$name];
        }
    }

    /** @return list<string> */
    private static function stubs(): array
    {
        $files = glob(self::STUBS . '*.php');

        return array_map(static fn(string $file): string => basename($file, '.php'), $files === false ? [] : $files);
    }

    private static function load(string $class): void
    {
        $prefix = 'Apn\AmiClient\Stubbed\\';
        $file = self::STUBS . substr($class, \strlen($prefix)) . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            eval(substr(str_replace('namespace Apn\AmiClient;', 'namespace Apn\AmiClient\Stubbed;', (string) file_get_contents($file)), \strlen('<?php')));
        }
    }
}
