<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Config;

use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Config\Section;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class SectionTest extends TestCase
{
    public function test_what_an_env_file_says_is_read_as_what_it_means(): void
    {
        $section = new Section(['port' => '5038', 'on' => 'true', 'off' => '0', 'yes' => 'on', 'ratio' => '0.5', 'names' => 'Hangup, Queue*', 'empty' => ''], 'x');

        self::assertSame(5038, $section->int('port', 1, 1, 65_535));
        self::assertTrue($section->bool('on', false));
        self::assertFalse($section->bool('off', true));
        self::assertTrue($section->bool('yes', false));
        self::assertSame(0.5, $section->float('ratio', 1.0, 0.0, 1.0));
        self::assertSame(['Hangup', 'Queue*'], $section->strings('names'));
        self::assertSame(7, $section->int('empty', 7, 1, 10));
        self::assertTrue($section->bool('empty', true));
        self::assertNull($section->stringOrNull('empty'));
        self::assertSame([], $section->strings('empty'));
        self::assertNull($section->floatOrNull('nothing', 0.0, 1.0));
        $section->done();
    }

    /**
     * @param \Closure(Section): mixed $read
     */
    #[DataProvider('unusable')]
    public function test_a_value_that_cannot_be_used_is_refused_by_its_path(mixed $given, \Closure $read, string $message): void
    {
        try {
            $read(new Section(['key' => $given], 'ami-client.part'));
            self::fail('it was taken');
        } catch (InvalidConfigurationException $e) {
            self::assertInstanceOf(InvalidSettingException::class, $e);
            self::assertSame($message, $e->getMessage());
            self::assertStringStartsWith('ami-client.part.key', $e->key());
        }
    }

    /** @return iterable<string, array{mixed, \Closure(Section): mixed, string}> */
    public static function unusable(): iterable
    {
        $int = static fn(Section $section): int => $section->int('key', 1, 1, 250);
        $range = 'must be a whole number from 1 to 250';
        yield 'an int that is none' => ['5o', $int, "ami-client.part.key: \"5o\" $range"];
        yield 'an int over its range' => [251, $int, "ami-client.part.key: 251 $range"];
        yield 'an int under its range' => ['0', $int, "ami-client.part.key: \"0\" $range"];
        yield 'a fraction' => [1.5, $int, "ami-client.part.key: 1.5 $range"];
        yield 'a switch for a number' => [true, $int, "ami-client.part.key: true $range"];
        yield 'a switch' => ['maybe', static fn(Section $s): bool => $s->bool('key', true), 'ami-client.part.key: "maybe" must be true or false'];
        yield 'an array for a switch' => [[1], static fn(Section $s): bool => $s->bool('key', true), 'ami-client.part.key: an array of 1 must be true or false'];
        yield 'a float' => ['x', static fn(Section $s): float => $s->float('key', 1.0, 0.5, 2.0), 'ami-client.part.key: "x" must be a number from 0.5 to 2'];
        yield 'not a number' => [\NAN, static fn(Section $s): float => $s->float('key', 1.0, 0.5, 2.0), 'ami-client.part.key: NAN must be a number from 0.5 to 2'];
        yield 'a string' => [5, static fn(Section $s): string => $s->string('key', ''), 'ami-client.part.key: 5 must be a string'];
        yield 'a choice' => ['backgruond', static fn(Section $s): string => $s->oneOf('key', 'a', ['a', 'background']),
            'ami-client.part.key: "backgruond" is not one of: a, background; did you mean "background"?'];
        yield 'a list' => [['a' => 'b'], static fn(Section $s): array => $s->strings('key'), 'ami-client.part.key: an array of 1 must be a list, or one string with commas between'];
        yield 'an entry of a list' => [['a', 5], static fn(Section $s): array => $s->strings('key'), 'ami-client.part.key.1: 5 must be a string'];
        yield 'a map' => ['a', static fn(Section $s): array => $s->map('key'), 'ami-client.part.key: "a" must be an array'];
    }

    public function test_an_unknown_setting_is_refused_with_the_nearest_known_one(): void
    {
        $section = new Section(['tick_timeout' => 1], 'ami-client.listen');
        $section->int('tick_timeout_ms', 1, 0, 250);
        $section->int('memory', 1, 0, 250);

        try {
            $section->done();
            self::fail('it was taken');
        } catch (InvalidSettingException $e) {
            self::assertSame('ami-client.listen.tick_timeout', $e->key());
            self::assertSame('tick_timeout_ms', $e->suggestion());
            self::assertSame('setting "ami-client.listen.tick_timeout" is unknown; did you mean "tick_timeout_ms"?', $e->getMessage());
        }
    }

    public function test_where_nothing_comes_close_all_known_settings_are_named(): void
    {
        $section = new Section(['colour' => 1], 'p');
        $section->int('memory', 1, 0, 250);

        $this->expectExceptionMessage('setting "p.colour" is unknown; known are: memory');
        $section->done();
    }

    public function test_a_secret_is_not_shown(): void
    {
        try {
            (new Section(['key' => 5_551_234], 'p'))->stringOrNull('key', secret: true);
            self::fail('it was taken');
        } catch (InvalidSettingException $e) {
            self::assertSame('***', $e->value());
            self::assertStringNotContainsString('5551234', $e->getMessage());
        }
    }
}
