<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Polyfill;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ExtensionMissingException;
use Apn\AmiClient\Tests\Support\Described;
use Apn\AmiClient\Tests\Support\Polyfilled;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

/** What nothing but the extension can do says so, and how to get it. */
final class MissingTest extends TestCase
{
    public static function setUpBeforeClass(): void
    {
        Polyfilled::register();
    }

    public function test_a_manager_cannot_be_made(): void
    {
        [$class, $servers] = array_map(Described::reflect(...), [Polyfilled::BESIDE . 'AmiClientManager', Polyfilled::BESIDE . 'ServerRegistry']);
        foreach ([
            static fn(): object => $class->newInstance($servers->newInstance()),
            static fn(): mixed => $class->getMethod('fromConfig')->invoke(null, ['servers' => []]),
        ] as $make) {
            try {
                $make();
                self::fail('nothing was thrown');
            } catch (ExtensionMissingException $missing) {
                self::assertStringContainsString('apn_ami', $missing->getMessage());
                self::assertStringContainsString('pie install apn/ami-client-ext', $missing->getMessage());
                self::assertStringContainsString('gateway', $missing->getMessage());
                self::assertStringContainsString('Ami::fake()', $missing->getMessage());
            }
        }
    }

    #[TestWith(['AmiClient'])]
    #[TestWith(['PendingAction'])]
    #[TestWith(['Subscription'])]
    public function test_what_only_a_manager_makes_cannot_be_made(string $name): void
    {
        $class = Polyfilled::BESIDE . $name;
        $this->expectException(\Error::class);
        $this->expectExceptionMessage('private');
        new $class();
    }

    /** @param class-string $class */
    #[DataProvider('loaded')]
    public function test_the_polyfill_is_read_only_where_the_extension_is_not_loaded(string $class): void
    {
        self::assertSame(\extension_loaded('apn_ami'), new \ReflectionClass($class)->isInternal());
    }

    /** @return iterable<array{class-string}> */
    public static function loaded(): iterable
    {
        yield [AmiEvent::class];
        yield [\Apn\AmiClient\AmiClientManager::class];
        yield [\Apn\AmiClient\AmiException::class];
    }
}
